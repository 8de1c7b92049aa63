package dev.sluice.ffmpeg.process;

import dev.sluice.ffmpeg.sandbox.GuardedCommand;
import dev.sluice.job.Cost;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Separates the report of {@link GuardedCommand} from the standard error output of the program. The guard writes it after the end of
 * the program, so the last report counts: a program could print another one. Used by one thread.
 */
final class GuardReport implements Consumer<String> {
    /** A line of {@code times}: user and system time, first of the shell, then of its children. */
    private static final Pattern TIMES =
            Pattern.compile("(\\d{1,9})m(\\d{1,9}(?:\\.\\d{1,9})?)s (\\d{1,9})m(\\d{1,9}(?:\\.\\d{1,9})?)s");

    /** Of a report: two of {@code times}, two of bytes. */
    private static final int LINES = 4;

    private static final Pattern BYTES = Pattern.compile("([rw])char: (\\d{1,18})");
    private static final double NANOS_PER_SECOND = 1e9;

    private final Consumer<String> program;
    private @Nullable Cost reported;
    private int remainingLines;

    GuardReport(Consumer<String> program) {
        this.program = program;
    }

    @Override
    public void accept(String line) {
        Cost current = reported;
        if (line.equals(GuardedCommand.REPORT)) {
            reported = Cost.NONE;
            remainingLines = LINES;
        } else if (current == null || remainingLines == 0) {
            program.accept(line);
        } else {
            remainingLines--;
            reported = current.plus(parse(line));
        }
    }

    private static Cost parse(String line) {
        Matcher times = TIMES.matcher(line);
        if (times.matches()) {
            return Cost.ofProcess(
                    duration(times.group(1), times.group(2)).plus(duration(times.group(3), times.group(4))), 0, 0, 0);
        }
        Matcher bytes = BYTES.matcher(line);
        if (bytes.matches()) {
            long count = Long.parseLong(bytes.group(2));
            boolean read = bytes.group(1).equals("r");
            return Cost.ofProcess(Duration.ZERO, read ? count : 0, read ? 0 : count, 0);
        }
        return Cost.NONE;
    }

    private static Duration duration(String minutes, String seconds) {
        return Duration.ofMinutes(Long.parseLong(minutes))
                .plusNanos((long) (Double.parseDouble(seconds) * NANOS_PER_SECOND));
    }

    /** What the guard reported; nothing if it was killed, or the program was not started. */
    Cost cost() {
        Cost current = reported;
        return current == null ? Cost.NONE : current;
    }
}
