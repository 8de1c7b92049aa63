package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Location, isolation and limits of FFmpeg.
 *
 * @param ffmpeg the program; empty: the bundled one, then the one on the PATH
 * @param ffprobe as {@code ffmpeg}
 * @param cacheDirectory directory for the unpacked bundled programs
 * @param probeTimeout timeout of one probe
 * @param stallTimeout an encode without progress for this time is killed
 * @param maxEncodeDuration maximum total time of one encode
 * @param maxMemoryBytes address space of one process, which uses a small part of it
 */
public record FfmpegConfig(
        Optional<Path> ffmpeg,
        Optional<Path> ffprobe,
        Path cacheDirectory,
        Duration probeTimeout,
        Duration stallTimeout,
        Duration maxEncodeDuration,
        SandboxMode sandbox,
        long maxMemoryBytes) {

    /** When FFmpeg runs in a sandbox. */
    public enum SandboxMode {
        /** If a sandbox is installed and works. */
        AUTO,
        /** Always; the process does not start without one. */
        REQUIRED,
        /** Never. */
        OFF
    }

    static FfmpegConfig read(ConfigSection section) {
        return new FfmpegConfig(
                section.optionalPath("ffmpeg"),
                section.optionalPath("ffprobe"),
                section.path("cacheDirectory", "~/.sluice/ffmpeg"),
                section.duration("probeTimeoutSeconds", 60, 1, 3600),
                section.duration("stallTimeoutSeconds", 60, 5, 3600),
                section.duration("maxEncodeSeconds", 86_400, 1, 604_800),
                section.enumValue("sandbox", SandboxMode.AUTO),
                section.longValue("maxMemoryMiB", 16_384, 1024, 1 << 20) << 20);
    }
}
