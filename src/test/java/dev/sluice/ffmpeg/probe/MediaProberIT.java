package dev.sluice.ffmpeg.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.FfmpegConfig;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.standalone.SampleClip;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A source whose packets are read because its header is implausible. */
@Timeout(120)
class MediaProberIT {
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final int SCAN_SECONDS = 8;
    private static final int BYTES = 1 << 30;

    @TempDir
    private Path directory;

    @Test
    void extendsTimeoutWhenReadingPacketsOfLargeSource() throws Exception {
        Path source =
                SampleClip.generate(FfmpegFixture.ffmpeg(), directory, "film.mp4", Duration.ofSeconds(2), "320x240");
        FfmpegFixture.inflate(source, BYTES);
        FfmpegConfig config = FfmpegFixture.FFMPEG_CONFIG;
        FfmpegConfig hurried = new FfmpegConfig(
                config.ffmpeg(),
                config.ffprobe(),
                config.cacheDirectory(),
                LOOK,
                config.stallTimeout(),
                config.maxEncodeDuration(),
                config.sandbox(),
                config.maxMemoryBytes());
        Limits limits = new Limits(2L << 30, Duration.ofSeconds(1), 8192L * 4320, 32, 1L << 30);
        MediaProber prober = new MediaProber(slowScan(), hurried, limits);

        JobException failure =
                catchThrowableOfType(JobException.class, () -> prober.probe(source, new CancellationToken()));

        assertThat(failure.code()).as("what the scan found").isEqualTo(ErrorCode.TOO_LONG);
    }

    private FfmpegInstallation slowScan() throws Exception {
        FfmpegInstallation real = FfmpegFixture.ffmpeg();
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
