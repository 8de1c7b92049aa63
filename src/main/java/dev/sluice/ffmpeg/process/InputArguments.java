package dev.sluice.ffmpeg.process;

import dev.sluice.config.MediaConfig.Limits;
import java.nio.file.Path;
import java.util.List;

/** The arguments with which any program of FFmpeg opens a file from outside. Pure. */
public final class InputArguments {
    /** A frame of the largest accepted size in the widest pixel format (four planes of 16 bits), and something for tables. */
    private static final long BYTES_PER_PIXEL = 8;

    private static final long SMALLEST_ALLOC = 256L << 20;

    private InputArguments() {}

    public static List<String> untrustedInput(Path file, Limits limits) {
        return List.of(
                "-max_alloc", Long.toString(Math.max(SMALLEST_ALLOC, limits.maxPixels() * BYTES_PER_PIXEL)),
                "-protocol_whitelist", "file",
                "-format_whitelist", String.join(",", FormatAllowList.DEMUXERS),
                "-codec_whitelist", String.join(",", FormatAllowList.DECODERS),
                "-max_streams", Integer.toString(limits.maxStreams()),
                "-max_pixels", Long.toString(limits.maxPixels()),
                "-i", url(file));
    }

    /**
     * Opens a file that an encode made in the directory where the program runs. Nothing but what was asked for: what a hostile
     * source made of its encode is a file from outside as well.
     */
    public static List<String> ownInput(String formats, String name) {
        return List.of(
                "-protocol_whitelist",
                "file",
                "-format_whitelist",
                formats,
                "-codec_whitelist",
                "h264,aac",
                "-i",
                "file:" + name);
    }

    /** With the protocol in front, no name can be taken for an option or for another protocol. */
    public static String url(Path file) {
        return "file:" + file.toAbsolutePath();
    }
}
