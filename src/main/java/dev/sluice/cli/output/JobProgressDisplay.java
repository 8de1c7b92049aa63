package dev.sluice.cli.output;

import dev.sluice.common.text.TextSanitizer;
import dev.sluice.job.StageName;
import dev.sluice.persistence.job.JobStatus;
import java.io.Console;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** Shows a person how a job moves through the stages: a bar each in a terminal, plain lines elsewhere. */
public final class JobProgressDisplay implements AutoCloseable {
    private static final int WHOLE = 100;

    private final PrintStream out;
    private final boolean terminal;
    private final Map<StageName, ProgressBar> bars = new EnumMap<>(StageName.class);
    private final Map<StageName, Integer> shown = new EnumMap<>(StageName.class);

    public JobProgressDisplay(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Whether a person sits at the other end of standard output, in front of something that can redraw a line. */
    @SuppressWarnings("SystemConsoleNull") // What the warning is about, a console that is no terminal, is asked below.
    public static boolean isTerminal() {
        Console console = System.console();
        return console != null && isTerminal(console) && !"dumb".equals(System.getenv("TERM"));
    }

    /** From Java 22 on there is a console even where output goes into a pipe, and a method that tells; Java 17 has neither. */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException olderJava) {
            return true;
        }
    }

    /** Brings what is shown up to date. */
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
            } else if (before == null || percent == WHOLE) {
                out.printf("%-10s %s%n", stage.key(), percent == WHOLE ? "done" : "started");
            }
        }
    }

    /** Prints where the results lie and how large they are. */
    public void printOutputs(JobStatus job, Function<String, String> location) {
        close();
        out.printf("%n%-10s %11s %12s  %s%n", "output", "size", "bytes", "where");
        job.outputs()
                .forEach(output -> out.printf(
                        Locale.ROOT,
                        "%-10s %11s %,12d  %s%n",
                        output.quality().isEmpty() ? "thumbnail" : TextSanitizer.singleLine(output.quality()),
                        output.width() + "x" + output.height(),
                        output.fileSize(),
                        TextSanitizer.singleLine(location.apply(output.s3Key()))));
        job.warnings().forEach(warning -> out.println("note: " + TextSanitizer.singleLine(warning)));
    }

    /** Prints why the job failed. */
    public void printFailure(JobStatus job) {
        close();
        out.printf(
                "%nThe job failed in %s: %s (%s)%n",
                job.stage().key(),
                TextSanitizer.singleLine(job.error().orElse("no reason given")),
                job.errorCode().orElse("no code"));
    }

    /** Ends the bars; what is printed afterwards starts on a line of its own. */
    @Override
    public void close() {
        List.copyOf(bars.values()).forEach(ProgressBar::close);
        bars.clear();
    }

    /** What is done of a stage, 0 to 100; below 0 when it has not begun. */
    private static int percent(JobStatus job, StageName stage) {
        boolean begun = job.runs().stream().anyMatch(run -> run.stage() == stage);
        if (!begun && stage.requiresPlan()) {
            return -1;
        }
        if (job.state() == JobStatus.State.COMPLETED || stage.compareTo(job.stage()) < 0) {
            return WHOLE;
        }
        if (!begun) {
            return -1;
        }
        int length = stage.completedProgress() - stage.startProgress();
        return Math.min(WHOLE, Math.max(0, WHOLE * (job.progress() - stage.startProgress()) / length));
    }

    private static ProgressBar bar(StageName stage) {
        return new ProgressBarBuilder()
                .setTaskName(stage.key())
                .setInitialMax(WHOLE)
                .setRenderer(new StageProgressBar())
                .setUpdateIntervalMillis(100)
                .continuousUpdate()
                .build();
    }
}
