package dev.sluice.ffmpeg.encode;

import dev.sluice.media.DecimalSeconds;
import java.time.Duration;
import java.util.Comparator;
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
     * @param start of the first packet, in units of time
     * @param end of the last packet, in units of time
     */
    public record Stream(
            String codec, String size, String sampleRate, double timeBase, long packets, long start, long end) {
        private static final Stream NEW = new Stream("", "", "", 0, 0, Long.MAX_VALUE, Long.MIN_VALUE);

        public Duration duration() {
            return packets == 0 ? Duration.ZERO : DecimalSeconds.fromSeconds((end - start) * timeBase);
        }

        private Stream with(long pts, long duration) {
            return new Stream(
                    codec,
                    size,
                    sampleRate,
                    timeBase,
                    packets + 1,
                    Math.min(start, pts),
                    Math.max(end, pts + duration));
        }

        private Stream with(String key, String value) {
            return switch (key) {
                case "codec_id" -> new Stream(value, size, sampleRate, timeBase, packets, start, end);
                case "dimensions" -> new Stream(codec, value, sampleRate, timeBase, packets, start, end);
                case "sample_rate" -> new Stream(codec, size, value, timeBase, packets, start, end);
                case "tb" -> new Stream(codec, size, sampleRate, quotient(value), packets, start, end);
                default -> this;
            };
        }

        private static double quotient(String text) {
            String[] parts = text.split("/", 2);
            return Double.parseDouble(parts[0]) / Double.parseDouble(parts[1]);
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
            long pts = Long.parseLong(fields[2].strip());
            long duration = Long.parseLong(fields[3].strip());
            change(Integer.parseInt(fields[0].strip()), stream -> stream.with(pts, duration));
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

    /** Duration of the longest stream. */
    Duration longest() {
        return streams.values().stream()
                .map(Stream::duration)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }
}
