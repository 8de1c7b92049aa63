package dev.sluice.ffmpeg.process;

import dev.sluice.common.text.TextSanitizer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Standard error output of FFmpeg: its first and last lines, truncated and without control characters, and the number of error
 * lines. Expects the log level at the start of each line ({@code -loglevel level+…}). Thread-safe.
 */
public final class StderrLog {
    private static final int MAX_FIRST = 30;
    private static final int MAX_LAST = 30;
    private static final int MAX_LOGGED = 4;
    private static final int MAX_LINE_LENGTH = 300;

    /** The message for an encoder that received no frame. */
    public static final String NO_FILTERED_FRAMES = "No filtered frames for output stream";

    /** A packet that could not be decoded; everything after a position that could not be read. */
    private static final List<String> LOST = List.of("Error submitting packet to decoder", "Error during demuxing");

    private final Deque<String> first = new ArrayDeque<>();
    private final Deque<String> last = new ArrayDeque<>();
    private int errorCount;
    private int concealedCount;
    private int lostCount;

    synchronized void add(String line) {
        if (line.isBlank() || line.contains("no version information available")) {
            return;
        }
        if (line.contains("[error]") || line.contains("[fatal]")) {
            errorCount++;
        }
        if (line.contains("corrupt decoded frame")) {
            concealedCount++;
        } else if (LOST.stream().anyMatch(line::contains)) {
            lostCount++;
        }
        String clean = clean(line);
        if (first.size() < MAX_FIRST) {
            first.add(clean);
            return;
        }
        if (last.size() == MAX_LAST) {
            last.removeFirst();
        }
        last.add(clean);
    }

    private static String clean(String line) {
        String truncated = line.length() > MAX_LINE_LENGTH ? line.substring(0, MAX_LINE_LENGTH) : line;
        return TextSanitizer.singleLine(truncated).strip();
    }

    /** Number of lines of level error or higher, including lines that were not retained. */
    public synchronized int errorCount() {
        return errorCount;
    }

    /** Number of decoded video frames that have concealed errors. */
    synchronized int concealedCount() {
        return concealedCount;
    }

    /** Number of reports of data that could not be read or decoded. */
    synchronized int lostCount() {
        return lostCount;
    }

    /** The retained lines in order. */
    public synchronized List<String> lines() {
        return Stream.concat(first.stream(), last.stream()).toList();
    }

    synchronized Optional<String> lastLine() {
        return Optional.ofNullable(last.peekLast()).or(() -> Optional.ofNullable(first.peekLast()));
    }

    boolean anyMatch(Predicate<String> predicate) {
        return lines().stream().anyMatch(predicate);
    }

    public boolean contains(String text) {
        return anyMatch(line -> line.contains(text));
    }

    /** The first and last lines, joined for a log entry. */
    @Override
    public String toString() {
        List<String> retained = lines();
        Stream<String> shown = retained.size() <= 2 * MAX_LOGGED
                ? retained.stream()
                : Stream.concat(
                        retained.stream().limit(MAX_LOGGED), retained.stream().skip(retained.size() - MAX_LOGGED));
        return shown.collect(Collectors.joining(" | "));
    }
}
