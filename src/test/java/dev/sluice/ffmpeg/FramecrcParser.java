package dev.sluice.ffmpeg;

import dev.sluice.media.DecimalSeconds;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Parses the lines of FFmpeg's {@code framecrc} output into properties of each stream. Performs no I/O. */
public final class FramecrcParser {
    private final Map<Integer, Stream> streams = new TreeMap<>();
    /**
     * One stream of the output.
     *
     * @param timeBase seconds per unit of time
     * @param span presentation timestamps of all packets
     * @param decoding decoding timestamps of all packets
     */
    public record Stream(double timeBase, long packets, Span span, Span decoding) {
        private static final Stream NEW = new Stream(0, 0, Span.EMPTY, Span.EMPTY);

        /**
         * Duration as FFmpeg reads it: the shorter one of the duration of all packets and the time between the first and the last
         * displayed one. The last packet may have a longer duration than its frame.
         */
        public Duration duration() {
            return packets == 0
                    ? Duration.ZERO
                    : DecimalSeconds.fromSeconds(Math.min(span.length(), decoding.length()) * timeBase);
        }

        private Stream with(long dts, long pts, long duration) {
            return new Stream(timeBase, packets + 1, span.with(pts, duration), decoding.with(dts, duration));
        }

        private Stream with(String key, String value) {
            return key.equals("tb") ? new Stream(quotient(value), packets, span, decoding) : this;
        }

        private static double quotient(String text) {
            String[] parts = text.split("/", 2);
            return Double.parseDouble(parts[0]) / Double.parseDouble(parts[1]);
        }
    }

    /**
     * A range of timestamps.
     *
     * @param start of the first packet, in units of time
     * @param end of the last packet, in units of time
     */
    public record Span(long start, long end) {
        private static final Span EMPTY = new Span(Long.MAX_VALUE, Long.MIN_VALUE);

        long length() {
            return end - start;
        }

        Span with(long time, long duration) {
            return new Span(Math.min(start, time), Math.max(end, time + duration));
        }
    }

    /** Parses the next line: {@code #key stream: value}, or {@code stream, dts, pts, duration, bytes, checksum, …}. */
    public void accept(String line) {
        if (line.startsWith("#")) {
            String[] words = line.substring(1).split("[ :]+", 3);
            if (words.length == 3 && words[1].chars().allMatch(Character::isDigit)) {
                change(Integer.parseInt(words[1]), stream -> stream.with(words[0], words[2].strip()));
            }
            return;
        }
        // Many lines: splitting at a single character needs no regular expression.
        String[] fields = line.split(",", -1);
        if (fields.length >= 5) {
            long dts = Long.parseLong(fields[1].strip());
            long pts = Long.parseLong(fields[2].strip());
            long duration = Long.parseLong(fields[3].strip());
            int number = Integer.parseInt(fields[0].strip());
            change(number, stream -> stream.with(dts, pts, duration));
        }
    }

    private void change(int number, UnaryOperator<Stream> change) {
        streams.compute(
                number,
                (key, stream) -> change.apply(Optional.ofNullable(stream).orElse(Stream.NEW)));
    }

    /** The stream with this number; without packets if the output has none. */
    public Stream stream(int number) {
        return streams.getOrDefault(number, Stream.NEW);
    }
}
