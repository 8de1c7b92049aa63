package dev.sluice.ffmpeg.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.FfmpegConfig.SandboxMode;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.FfmpegLaunchSpec;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Real processes that exceed their limits, in a sandbox and without one. */
@Timeout(60)
@ParameterizedClass
@EnumSource(names = {"OFF", "REQUIRED"})
class ProcessLimitsIT {
    private static final long MEBIBYTE = 1 << 20;

    private final SandboxMode sandbox;

    @TempDir
    private Path directory;

    ProcessLimitsIT(SandboxMode sandbox) {
        this.sandbox = sandbox;
    }

    @Test
    void stopsProcessWhenFileExceedsLimit() throws Exception {
        assertEndsWith(ErrorCode.OUTPUT_EXCEEDED, () -> run("testsrc=size=1280x720", 16_384, "10", "file:out.avi"));

        assertThat(Files.size(directory.resolve("out.avi"))).isBetween(MEBIBYTE / 2, MEBIBYTE);
    }

    @Test
    void stopsProcessWhenMemoryExceedsLimit() {
        assertEndsWith(ErrorCode.MEMORY_EXCEEDED, () -> run("testsrc=size=12000x12000", 1024, "1", "pipe:1"));
    }

    @Test
    void setsAllLimitsInShell() {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        ProcessLimits limits = new ProcessLimits(2048 * MEBIBYTE, MEBIBYTE);

        new FfmpegRunner(new FfmpegLaunchSpec(
                        Path.of("/bin/sh"),
                        FileAccess.writeDirectory(directory),
                        limits,
                        FfmpegFixture.ffmpeg(sandbox).sandbox()))
                .run(
                        List.of("-c", "ulimit -v; ulimit -Hv; ulimit -f; ulimit -c; ulimit -Hc"),
                        lines::add,
                        Watchdog.withDeadline(Duration.ofSeconds(30)),
                        new CancellationToken());

        assertThat(lines).containsExactly("2097152", "2097152", "2048", "0", "0");
    }

    private FfmpegRunner.ExitResult run(String filter, long memoryMiB, String seconds, String output) {
        FfmpegInstallation installed = FfmpegFixture.ffmpeg(sandbox);
        FfmpegInstallation limited = new FfmpegInstallation(
                installed.ffmpeg(),
                installed.ffprobe(),
                installed.version(),
                installed.origin(),
                installed.sandbox(),
                installed.scheduling(),
                memoryMiB * MEBIBYTE);
        return limited.encodeRunner(FileAccess.writeDirectory(directory), MEBIBYTE)
                .run(
                        List.of(
                                "-nostdin",
                                "-loglevel",
                                "level+error",
                                "-f",
                                "lavfi",
                                "-i",
                                filter,
                                "-t",
                                seconds,
                                "-c:v",
                                "rawvideo",
                                "-f",
                                "avi",
                                output),
                        line -> {},
                        Watchdog.withDeadline(Duration.ofSeconds(30)),
                        new CancellationToken());
    }

    private static void assertEndsWith(ErrorCode code, ThrowingCallable run) {
        assertThatThrownBy(run)
                .isInstanceOfSatisfying(
                        JobException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code));
    }
}
