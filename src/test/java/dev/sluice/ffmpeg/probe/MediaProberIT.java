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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Probes of real files. */
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

    /** The first of two audio streams has this disposition; FFmpeg writes those that the container has. */
    @ParameterizedTest
    @CsvSource({
        "mkv, visual_impaired, 2",
        "mkv, hearing_impaired, 2",
        "mkv, comment, 2",
        "mkv, original, 1",
        "mkv, default, 1",
        "mp4, visual_impaired, 2",
        "mp4, comment, 2",
        "mp4, karaoke, 1",
        "mp4, dub, 1",
        "ts, visual_impaired, 2",
        "ts, hearing_impaired, 2",
        "ts, clean_effects, 2",
        "ts, dub, 1",
    })
    void selectsAudioByDispositionOfContainer(String extension, String disposition, int expected) {
        Path source = twoAudioStreams("source." + extension, "-disposition:a:0", disposition, "-disposition:a:1", "0");

        assertThat(FfmpegFixture.probe(source).audio().orElseThrow().indices()).containsExactly(expected);
    }

    /** The first audio stream has no packet; MP4 files of FFmpeg have no such streams. */
    @ParameterizedTest
    @ValueSource(strings = {"mkv", "ts"})
    void selectsNextAudioWhenPreferredOneDoesNotDecode(String extension) {
        Path source = twoAudioStreams(
                "source." + extension,
                "-bsf:a:0",
                "noise=drop=1",
                "-disposition:a:0",
                "default",
                "-disposition:a:1",
                "comment");

        assertThat(FfmpegFixture.probe(source).audio().orElseThrow().indices()).containsExactly(2);
    }

    private Path twoAudioStreams(String name, String... options) {
        Path source = directory.resolve(name);
        List<String> command = new ArrayList<>(List.of("-nostdin", "-loglevel", "level+error"));
        command.addAll(List.of("-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=0.4"));
        command.addAll(List.of("-f", "lavfi", "-i", "sine=duration=0.4", "-map", "0:v", "-map", "1:a", "-map", "1:a"));
        command.addAll(List.of("-c:v", "mpeg4", "-c:a", "aac"));
        command.addAll(List.of(options));
        command.add(source.toString());
        FfmpegFixture.output(FfmpegFixture.ffmpeg().ffmpeg(), command, directory);
        return source;
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
