package dev.sluice.ffmpeg.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.common.async.Cancellation;
import dev.sluice.config.FfmpegConfig;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.ffmpeg.MediaFixture;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import dev.sluice.standalone.SampleClip;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A source whose packets have to be read because its header is not believed. */
@Timeout(120)
class ProberIT {
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final int SCAN_SECONDS = 8;
    private static final int BYTES = 1 << 30;

    @TempDir
    private Path directory;

    @Test
    void letsTheScanOfALargeSourceTakeLongerThanALook() throws Exception {
        Path source = SampleClip.make(MediaFixture.ffmpeg(), directory, "film.mp4", Duration.ofSeconds(2), "320x240");
        MediaFixture.inflate(source, BYTES);
        FfmpegConfig config = MediaFixture.FFMPEG_CONFIG;
        FfmpegConfig hurried = new FfmpegConfig(
                config.ffmpeg(),
                config.ffprobe(),
                config.cache(),
                LOOK,
                config.stallTimeout(),
                config.maxEncode(),
                config.sandbox(),
                config.maxMemory());
        Limits limits = new Limits(2L << 30, Duration.ofSeconds(1), 8192L * 4320, 32, 1L << 30);
        Prober prober = new Prober(slowScan(), hurried, limits);

        JobFailure failure = catchThrowableOfType(JobFailure.class, () -> prober.probe(source, new Cancellation()));

        assertThat(failure.code()).as("what the scan found").isEqualTo(ErrorCode.TOO_LONG);
    }

    private FfmpegInstallation slowScan() throws Exception {
        FfmpegInstallation real = MediaFixture.ffmpeg();
        Path slow = Files.writeString(directory.resolve("ffprobe"), """
                #!/bin/sh
                case "$*" in *packet=*) sleep %d ;; esac
                exec '%s' "$@"
                """.formatted(SCAN_SECONDS, real.ffprobe()));
        Files.setPosixFilePermissions(slow, PosixFilePermissions.fromString("rwx------"));
        return new FfmpegInstallation(
                real.ffmpeg(),
                slow,
                real.version(),
                real.origin(),
                Optional.empty(),
                Optional.empty(),
                real.maxMemory());
    }
}
