package dev.sluice.common.tracing;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The position of a span in its trace, in the form of the header {@code traceparent} of W3C Trace Context, version 00.
 *
 * @param value ASCII, 55 characters
 */
public record TraceParent(String value) {
    /** The header, and the field of messages. */
    public static final String NAME = "traceparent";

    private static final Pattern FORMAT = Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
    private static final int TRACE_ID = 3;
    private static final int TRACE_ID_END = 35;

    public TraceParent {
        if (!FORMAT.matcher(value).matches()) {
            throw new IllegalArgumentException("not a traceparent of version 00");
        }
    }

    /** Parses a value from outside; empty if it is no valid header, which is ignored as the standard requires. */
    public static Optional<TraceParent> parse(@Nullable Object value) {
        return value instanceof String text && FORMAT.matcher(text).matches()
                ? Optional.of(new TraceParent(text))
                : Optional.empty();
    }

    /** The ID of the whole trace: 32 hexadecimal digits. */
    public String traceId() {
        return value.substring(TRACE_ID, TRACE_ID_END);
    }

    @Override
    public String toString() {
        return value;
    }
}
