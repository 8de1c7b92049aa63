package dev.sluice.cli;

import dev.sluice.backend.job.JobSubmission;
import dev.sluice.backend.job.JobWatch;
import dev.sluice.cli.output.JobDisplay;
import dev.sluice.common.async.Progress;
import dev.sluice.common.text.OneLine;
import dev.sluice.persistence.job.JobView;
import io.vertx.core.Future;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.function.Function;

/** One file on its way through the pipeline, in front of a person. */
public final class FollowedJob {
    private final JobSubmission submission;
    private final JobWatch watch;
    private final PrintStream out;
    private final Function<String, String> location;

    /**
     * Follows jobs.
     *
     * @param location where a person finds the object with this key
     */
    public FollowedJob(JobSubmission submission, JobWatch watch, PrintStream out, Function<String, String> location) {
        this.submission = submission;
        this.watch = watch;
        this.out = out;
        this.location = location;
    }

    /** Uploads the file, creates its job, shows how it moves, prints what came of it; gives the exit code. */
    public Future<Integer> run(Path file, String userId) {
        return submission.submit(file, userId, Progress.none()).compose(job -> {
            out.println("job " + job.id() + " for " + OneLine.of(String.valueOf(file.getFileName())));
            JobDisplay display = new JobDisplay(out, JobDisplay.isTerminal());
            return watch.untilEnded(job.id(), display::show)
                    .onComplete(ended -> display.close())
                    .map(ended -> {
                        if (ended.state() == JobView.State.COMPLETED) {
                            display.printOutputs(ended, location);
                            return CommandLines.OK;
                        }
                        display.printFailure(ended);
                        return CommandLines.FAILED;
                    });
        });
    }
}
