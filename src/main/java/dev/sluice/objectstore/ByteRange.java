package dev.sluice.objectstore;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Bytes of an object or file, from {@code start} (counted from 0) up to but not including {@code end}. */
public record ByteRange(long start, long end) {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");

    public ByteRange {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("not a range of bytes: " + start + " to " + end);
        }
    }

    public long length() {
        return end - start;
    }

    /** The {@code Range} header that asks for these bytes; the range is not empty. */
    public String toRangeHeader() {
        return "bytes=" + start + "-" + (end - 1);
    }

    /** What a {@code Content-Range} header says. */
    public static ContentRange parseContentRange(String header) {
        Matcher matcher = CONTENT_RANGE.matcher(header);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a range of a known whole");
        }
        return new ContentRange(
                new ByteRange(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)) + 1),
                Long.parseLong(matcher.group(3)));
    }

    /** The bytes an answer carries, and how many the whole object has. */
    public record ContentRange(ByteRange range, long total) {}
}
