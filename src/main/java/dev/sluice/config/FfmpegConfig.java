package dev.sluice.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where FFmpeg comes from and how long it may be silent.
 *
 * @param ffmpeg the program to use; empty: the bundled one, then the one on the PATH
 * @param ffprobe likewise
 * @param cache where the bundled programs are unpacked
 * @param probeTimeout how long one look at a file may take
 * @param stallTimeout how long an encode may go without progress before it is killed
 */
public record FfmpegConfig(
        Optional<Path> ffmpeg, Optional<Path> ffprobe, Path cache, Duration probeTimeout, Duration stallTimeout) {

    static FfmpegConfig read(Section section) {
        return new FfmpegConfig(
                section.optionalPath("ffmpeg"),
                section.optionalPath("ffprobe"),
                section.path("cache", "~/.sluice/ffmpeg"),
                section.seconds("probeTimeoutSeconds", 60, 1, 3600),
                section.seconds("stallTimeoutSeconds", 60, 5, 3600));
    }
}
