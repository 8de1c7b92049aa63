package dev.sluice.media;

import dev.sluice.config.FfmpegConfig;
import java.nio.file.Path;

/**
 * The FFmpeg that this process uses.
 *
 * @param version as the program tells it, {@code 8.1.2}
 */
public record FfmpegInstallation(Path ffmpeg, Path ffprobe, String version, Origin origin) {

    /** Where the programs were found. */
    public enum Origin {
        CONFIGURED,
        BUNDLED,
        PATH
    }

    /**
     * Finds FFmpeg and starts it once: the configured programs, else the bundled ones (unpacked on first use), else those on
     * the PATH. Blocks.
     *
     * @throws FfmpegUnavailable when there is none that runs; its message says what to install
     */
    public static FfmpegInstallation locate(FfmpegConfig config) {
        return new FfmpegLocator(config, Platform.current(), Platform.searchPath()).locate();
    }
}
