package dev.sluice.ffmpeg.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.FfmpegConfig.SandboxMode;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.BatchScheduling;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.ffmpeg.sandbox.ProcessLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class BatchSchedulingIT {
    private static final Path SHELL = Path.of("/bin/sh");
    private static final ProcessLimits LIMITS = ProcessLimits.forReader(1 << 30);
    /** SCHED_BATCH, sched.h. */
    private static final String BATCH = "3";

    private static final String DEFAULT = "0";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(
            value = SandboxMode.class,
            names = {"REQUIRED", "OFF"})
    void schedulesOnlyEncodesAsBatch(SandboxMode sandbox) {
        Optional<BatchScheduling> found = new BatchSchedulingLocator(Platform.searchPath(), LIMITS).find();
        assumeTrue(found.isPresent(), "chrt does not work on this host");
        FfmpegInstallation installed = FfmpegFixture.ffmpeg(sandbox);
        FfmpegInstallation shell = new FfmpegInstallation(
                SHELL,
                SHELL,
                installed.version(),
                installed.origin(),
                installed.sandbox(),
                found,
                installed.maxMemory());

        assertThat(policy(shell.encodeRunner(FileAccess.writeDirectory(directory), 1 << 20)))
                .isEqualTo(BATCH);
        assertThat(policy(shell.readRunner(FileAccess.readDirectory(directory))))
                .isEqualTo(DEFAULT);
    }

    @Test
    void findsNothingWithoutChrt() {
        assertThat(new BatchSchedulingLocator(List.of(directory), LIMITS).find())
                .isEmpty();
    }

    @Test
    void findsNothingWhenPolicyCannotBeSet() throws IOException {
        Path chrt = Files.writeString(
                directory.resolve("chrt"),
                "#!/bin/sh\necho 'failed to set pid 0s policy: Operation not permitted' >&2\nexit 1\n");
        Files.setPosixFilePermissions(chrt, PosixFilePermissions.fromString("rwx------"));

        assertThat(new BatchSchedulingLocator(List.of(directory), LIMITS).find())
                .isEmpty();
    }

    /** Scheduling policy of the started program. */
    private static String policy(FfmpegRunner run) {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        FfmpegRunner.ExitResult result = run.run(
                List.of("-c", "cut -d ' ' -f 41 /proc/self/stat"),
                lines::add,
                Watchdog.withDeadline(Duration.ofSeconds(30)),
                new CancellationToken());
        assertThat(result.exitCode()).as(result.stderr().toString()).isZero();
        return String.join("", lines);
    }
}
