package dev.sluice.objectstore;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Bytes of an object or file, from {@code start} (from 0, inclusive) to {@code end} (exclusive). */
public record ByteRange(long start, long end) {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");

    public ByteRange {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("invalid byte range: " + start + " to " + end);
        }
    }

    public long length() {
        return end - start;
    }

    /** The {@code Range} header for these bytes; the range must not be empty. */
    public String toRangeHeader() {
        return "bytes=" + start + "-" + (end - 1);
    }

    /** Parses a {@code Content-Range} header with known total size. */
    public static ContentRange parseContentRange(String header) {
        Matcher matcher = CONTENT_RANGE.matcher(header);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("invalid Content-Range header");
        }
        return new ContentRange(
                new ByteRange(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)) + 1),
                Long.parseLong(matcher.group(3)));
    }

    /** The bytes in a response, and the size of the whole object. */
    public record ContentRange(ByteRange range, long total) {}
}
