package dev.sluice.cli.output;

import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBarRenderer;
import me.tongfei.progressbar.ProgressState;
import org.jspecify.annotations.Nullable;

/** Renders a stage as one line: name, progress and elapsed time, which stops when the stage is complete. */
final class StageProgressBar implements ProgressBarRenderer {
    private static final int MAX_BAR_LENGTH = 60;

    private @Nullable Duration duration;

    @Override
    public String render(ProgressState state, int width) {
        if (duration == null && state.getCurrent() >= state.getMax()) {
            duration = state.getTotalElapsed();
        }
        Duration elapsed = duration == null ? state.getTotalElapsed() : duration;
        return line(state.getTaskName(), state.getNormalizedProgress(), elapsed, width);
    }

    static String line(String stage, double fraction, Duration elapsed, int width) {
        String head = String.format(Locale.ROOT, "%-10s %3d%% [", stage, (int) (fraction * 100));
        String tail = String.format(Locale.ROOT, "] %d:%02d", elapsed.toMinutes(), elapsed.toSecondsPart());
        int length = Math.min(MAX_BAR_LENGTH, width - head.length() - tail.length());
        if (length < 1) {
            return (head + tail).substring(0, Math.max(0, Math.min(width, head.length() + tail.length())));
        }
        int done = (int) (fraction * length);
        String tip = done < length ? ">" : "";
        return head + "=".repeat(done) + tip + " ".repeat(length - done - tip.length()) + tail;
    }
}
