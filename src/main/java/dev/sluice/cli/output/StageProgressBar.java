package dev.sluice.cli.output;

import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBarRenderer;
import me.tongfei.progressbar.ProgressState;
import org.jspecify.annotations.Nullable;

/** One stage as a line: its name, how much of it is done, how long it takes, or took once it is done. */
final class StageProgressBar implements ProgressBarRenderer {
    private static final int LONGEST_BAR = 60;

    private @Nullable Duration took;

    @Override
    public String render(ProgressState state, int width) {
        if (took == null && state.getCurrent() >= state.getMax()) {
            took = state.getTotalElapsed();
        }
        Duration elapsed = took == null ? state.getTotalElapsed() : took;
        return line(state.getTaskName(), state.getNormalizedProgress(), elapsed, width);
    }

    static String line(String stage, double fraction, Duration elapsed, int width) {
        String head = String.format(Locale.ROOT, "%-10s %3d%% [", stage, (int) (fraction * 100));
        String tail = String.format(Locale.ROOT, "] %d:%02d", elapsed.toMinutes(), elapsed.toSecondsPart());
        int length = Math.min(LONGEST_BAR, width - head.length() - tail.length());
        if (length < 1) {
            return (head + tail).substring(0, Math.max(0, Math.min(width, head.length() + tail.length())));
        }
        int done = (int) (fraction * length);
        String tip = done < length ? ">" : "";
        return head + "=".repeat(done) + tip + " ".repeat(length - done - tip.length()) + tail;
    }
}
