package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where FFmpeg comes from, what holds it in, and how long it may be silent.
 *
 * @param ffmpeg the program to use; empty: the bundled one, then the one on the PATH
 * @param ffprobe likewise
 * @param cache where the bundled programs are unpacked
 * @param probeTimeout how long one look at a file may take
 * @param stallTimeout how long an encode may go without progress before it is killed
 * @param maxEncode how long one encode may take in all
 * @param sandbox whether FFmpeg runs in a sandbox
 * @param maxMemory bytes of address space that one process may map; much more than it uses
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
        /** Where there is one that works. */
        AUTO,
        /** Always; without one there is no start. */
        REQUIRED,
        /** Never. */
        OFF
    }

    static FfmpegConfig read(ConfigSection section) {
        return new FfmpegConfig(
                section.optionalPath("ffmpeg"),
                section.optionalPath("ffprobe"),
                section.path("cache", "~/.sluice/ffmpeg"),
                section.duration("probeTimeoutSeconds", 60, 1, 3600),
                section.duration("stallTimeoutSeconds", 60, 5, 3600),
                section.duration("maxEncodeSeconds", 86_400, 1, 604_800),
                section.enumValue("sandbox", SandboxMode.AUTO),
                section.longValue("maxMemoryMiB", 16_384, 1024, 1 << 20) << 20);
    }
}
