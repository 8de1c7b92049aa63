package dev.sluice.cli.output;

import dev.sluice.common.text.TextSanitizer;
import dev.sluice.job.StageName;
import dev.sluice.message.OutputFile;
import dev.sluice.persistence.job.JobStatus;
import java.io.Console;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** Prints the progress of a job: a bar for each stage in a terminal, otherwise plain lines. */
public final class JobProgressDisplay implements AutoCloseable {
    private static final int COMPLETE = 100;

    private final PrintStream out;
    private final boolean terminal;
    private final Map<StageName, ProgressBar> bars = new EnumMap<>(StageName.class);
    private final Map<StageName, Integer> shown = new EnumMap<>(StageName.class);

    public JobProgressDisplay(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Whether standard output is a terminal that can redraw a line. */
    @SuppressWarnings("SystemConsoleNull") // A console that is not a terminal is handled below.
    public static boolean isTerminal() {
        Console console = System.console();
        return console != null && isTerminal(console) && !"dumb".equals(System.getenv("TERM"));
    }

    /** Since Java 22 there is a console even if the output is redirected, and this method; Java 17 has neither. */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException beforeJava22) {
            return true;
        }
    }

    /** Prints changes since the last call. */
    public void update(JobStatus job) {
        for (StageName stage : StageName.values()) {
            int percent = percent(job, stage);
            if (percent < 0) {
                continue;
            }
            Integer before = shown.put(stage, percent);
            if (before != null && before == percent) {
                continue;
            }
            if (terminal) {
                bars.computeIfAbsent(stage, JobProgressDisplay::bar).stepTo(percent);
            } else if (before == null || percent == COMPLETE) {
                out.printf("%-10s %s%n", stage.key(), percent == COMPLETE ? "done" : "started");
            }
        }
    }

    /** Prints size and location of the outputs, and the warnings. */
    public void printOutputs(JobStatus job, Function<String, String> location) {
        close();
        out.printf("%n%-10s %11s %12s  %s%n", "output", "size", "bytes", "location");
        job.outputs().stream()
                // Of the playlists, those that players open first; of the storyboard, the index.
                .filter(output -> switch (output.type()) {
                    case STREAM -> !Set.of("", OutputFile.SHEET).contains(output.quality());
                    case TEXT -> output.text().isPresent();
                    default -> true;
                })
                .forEach(output -> out.printf(
                        Locale.ROOT,
                        "%-10s %11s %,12d  %s%n",
                        TextSanitizer.singleLine(name(output)),
                        output.width() == 0 ? "-" : output.width() + "x" + output.height(),
                        output.fileSize(),
                        TextSanitizer.singleLine(location.apply(output.s3Key()))));
        job.warnings().forEach(warning -> out.println("warning: " + TextSanitizer.singleLine(warning)));
    }

    private static String name(OutputFile output) {
        return output.text()
                .map(track -> track.kind().wire())
                .orElse(output.quality().isEmpty() ? "thumbnail" : output.quality());
    }

    /** Prints stage, error message and error code of a failed job. */
    public void printFailure(JobStatus job) {
        close();
        out.printf(
                "%nThe job failed in %s: %s (%s)%n",
                job.stage().key(),
                TextSanitizer.singleLine(job.error().orElse("no error message")),
                job.errorCode().orElse("no error code"));
    }

    /** Closes the bars, so that further output starts on a new line. */
    @Override
    public void close() {
        List.copyOf(bars.values()).forEach(ProgressBar::close);
        bars.clear();
    }

    /** Progress of a stage, 0 to 100; negative if it has not started. */
    private static int percent(JobStatus job, StageName stage) {
        boolean started = job.runs().stream().anyMatch(run -> run.stage() == stage);
        if (!started && stage.requiresPlan()) {
            return -1;
        }
        if (job.state() == JobStatus.State.COMPLETED || stage.compareTo(job.stage()) < 0) {
            return COMPLETE;
        }
        if (!started) {
            return -1;
        }
        int length = stage.completedProgress() - stage.startProgress();
        return Math.min(COMPLETE, Math.max(0, COMPLETE * (job.progress() - stage.startProgress()) / length));
    }

    private static ProgressBar bar(StageName stage) {
        return new ProgressBarBuilder()
                .setTaskName(stage.key())
                .setInitialMax(COMPLETE)
                .setRenderer(new StageProgressBar())
                .setUpdateIntervalMillis(100)
                .continuousUpdate()
                .build();
    }
}
