package dev.sluice.endtoend;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** An HLS playlist in a directory that names byte ranges of files. */
public record PlaylistFile(Path path, String text) {
    private static final Pattern MAP = Pattern.compile("#EXT-X-MAP:URI=\"(.*)\",BYTERANGE=\"(\\d+)@(\\d+)\"");
    private static final Pattern SEGMENT = Pattern.compile("#EXT-X-BYTERANGE:(\\d+)@(\\d+)\n(.*)\n");
    private static final Pattern DURATION = Pattern.compile("#EXTINF:([0-9.]+),");
    private static final String END = "#EXT-X-ENDLIST\n";
    /** Flags of a sample that depends on no other. */
    private static final int KEY_FRAME = 0x0200_0000;
    /** From the type of a track run to the flags of its first sample, bytes. */
    private static final int FIRST_SAMPLE_FLAGS = 16;

    public static PlaylistFile read(Path path) throws IOException {
        return new PlaylistFile(path, Files.readString(path));
    }

    /** A byte range of a file. */
    record Range(Path file, long start, int bytes) {
        /** Fails if the file does not exist, or ends before the range. */
        byte[] read() throws IOException {
            try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "r")) {
                byte[] content = new byte[bytes];
                opened.seek(start);
                opened.readFully(content);
                return content;
            }
        }
    }

    boolean isComplete() {
        return text.endsWith(END);
    }

    /** The sum of the durations of the segments. */
    double seconds() {
        return DURATION.matcher(text)
                .results()
                .mapToDouble(segment -> Double.parseDouble(segment.group(1)))
                .sum();
    }

    List<Range> initializations() {
        return MAP.matcher(text)
                .results()
                .map(map -> range(map.group(1), map.group(2), map.group(3)))
                .toList();
    }

    List<Range> segments() {
        return SEGMENT.matcher(text)
                .results()
                .map(segment -> range(segment.group(3), segment.group(1), segment.group(2)))
                .toList();
    }

    private Range range(String uri, String bytes, String start) {
        return new Range(path.resolveSibling(uri).normalize(), Long.parseLong(start), Integer.parseInt(bytes));
    }

    /** What is wrong with a segment: it must start with a fragment, and that of a video with a key frame. */
    Optional<String> error(Range segment, byte[] content) {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        if (!text.startsWith("moof", Integer.BYTES)) {
            return Optional.of(segment + " does not start with a fragment");
        }
        boolean isVideo = !path.getFileName().toString().startsWith("audio");
        int firstSample = text.indexOf("trun") + FIRST_SAMPLE_FLAGS;
        return isVideo && ByteBuffer.wrap(content).getInt(firstSample) != KEY_FRAME
                ? Optional.of(segment + " does not start with a key frame")
                : Optional.empty();
    }

    /** What is wrong with the first wrong range. */
    public Optional<String> error() {
        try {
            for (Range initialization : initializations()) {
                initialization.read();
            }
            for (Range segment : segments()) {
                Optional<String> error = error(segment, segment.read());
                if (error.isPresent()) {
                    return error;
                }
            }
            return Optional.empty();
        } catch (IOException cause) {
            return Optional.of(cause.toString());
        }
    }
}
