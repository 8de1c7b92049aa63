package dev.sluice.ffmpeg.process;

import dev.sluice.config.MediaConfig.Limits;
import java.nio.file.Path;
import java.util.List;

/** Arguments with which FFmpeg and ffprobe open an input file. Pure. */
public final class InputArguments {
    /** The widest pixel format: four planes of 16 bits. {@link #MIN_ALLOC} covers tables. */
    private static final long BYTES_PER_PIXEL = 8;

    private static final long MIN_ALLOC = 256L << 20;

    private InputArguments() {}

    /** FFmpeg's names of the decoders for untrusted files, separated by commas. */
    public static String allowedDecoders() {
        return String.join(",", FormatAllowList.DECODERS);
    }

    /** Opens a source, within the limits for sources. */
    public static List<String> untrustedInput(Path file, Limits limits) {
        return List.of(
                "-max_alloc", Long.toString(Math.max(MIN_ALLOC, limits.maxPixels() * BYTES_PER_PIXEL)),
                "-protocol_whitelist", "file",
                "-format_whitelist", String.join(",", FormatAllowList.DEMUXERS),
                "-codec_whitelist", allowedDecoders(),
                "-max_streams", Integer.toString(limits.maxStreams()),
                "-max_pixels", Long.toString(limits.maxPixels()),
                "-i", url(file));
    }

    /**
     * Opens an output of an encode in the working directory, with the expected formats only: the output of a malicious source is
     * untrusted, too.
     */
    public static List<String> ownInput(String formats, String name) {
        return ownInput(formats, "h264,libaom-av1,libdav1d,aac", name);
    }

    /** As above, with these decoders. */
    public static List<String> ownInput(String formats, String decoders, String name) {
        return List.of(
                "-protocol_whitelist",
                "file",
                "-format_whitelist",
                formats,
                "-codec_whitelist",
                decoders,
                "-i",
                "file:" + name);
    }

    /** With a protocol prefix, no name can be parsed as an option or as another protocol. */
    public static String url(Path file) {
        return "file:" + file.toAbsolutePath();
    }
}
