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
 * What FFmpeg said on its standard error: the first and the last lines, cut to size and rid of control characters, and how
 * many of them were errors. Expects the log level in front of each line ({@code -loglevel level+…}).
 */
public final class StderrLog {
    private static final int FIRST = 30;
    private static final int LAST = 30;
    private static final int LOGGED = 4;
    private static final int WIDTH = 300;

    private final Deque<String> first = new ArrayDeque<>();
    private final Deque<String> lastLine = new ArrayDeque<>();
    private int errorCount;

    synchronized void add(String line) {
        if (line.isBlank() || line.contains("no version information available")) {
            return;
        }
        if (line.contains("[error]") || line.contains("[fatal]")) {
            errorCount++;
        }
        String clean = clean(line);
        if (first.size() < FIRST) {
            first.add(clean);
            return;
        }
        if (lastLine.size() == LAST) {
            lastLine.removeFirst();
        }
        lastLine.add(clean);
    }

    private static String clean(String line) {
        String cut = line.length() > WIDTH ? line.substring(0, WIDTH) : line;
        return TextSanitizer.singleLine(cut).strip();
    }

    /** Lines of level error or worse, those that were not kept included. */
    public synchronized int errorCount() {
        return errorCount;
    }

    /** The kept lines in order. */
    public synchronized List<String> lines() {
        return Stream.concat(first.stream(), lastLine.stream()).toList();
    }

    synchronized Optional<String> lastLine() {
        return Optional.ofNullable(lastLine.peekLast()).or(() -> Optional.ofNullable(first.peekLast()));
    }

    boolean anyMatch(Predicate<String> of) {
        return lines().stream().anyMatch(of);
    }

    public boolean contains(String text) {
        return anyMatch(line -> line.contains(text));
    }

    /** The most telling lines as one, for a log entry. */
    @Override
    public String toString() {
        List<String> kept = lines();
        Stream<String> some = kept.size() <= 2 * LOGGED
                ? kept.stream()
                : Stream.concat(kept.stream().limit(LOGGED), kept.stream().skip(kept.size() - LOGGED));
        return some.collect(Collectors.joining(" | "));
    }
}
