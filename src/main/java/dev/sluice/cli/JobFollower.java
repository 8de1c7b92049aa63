package dev.sluice.cli;

import dev.sluice.backend.job.JobPoller;
import dev.sluice.backend.job.JobSubmissionService;
import dev.sluice.cli.output.JobProgressDisplay;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.common.text.TextSanitizer;
import dev.sluice.persistence.job.JobStatus;
import io.vertx.core.Future;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.function.Function;

/** Submits a file and prints the progress and the outputs of its job. */
public final class JobFollower {
    private final JobSubmissionService submission;
    private final JobPoller poller;
    private final PrintStream out;
    private final Function<String, String> location;

    /**
     * Creates a follower.
     *
     * @param location the location of an object key, to be printed
     */
    public JobFollower(
            JobSubmissionService submission, JobPoller poller, PrintStream out, Function<String, String> location) {
        this.submission = submission;
        this.poller = poller;
        this.out = out;
        this.location = location;
    }

    /** Uploads the file, creates its job and prints progress and result; returns the exit code. */
    public Future<Integer> submitAndFollow(Path file, String userId) {
        return submission.submit(file, userId, ProgressListener.noop()).compose(job -> {
            out.println("job " + job.id() + " for " + TextSanitizer.singleLine(String.valueOf(file.getFileName())));
            JobProgressDisplay display = new JobProgressDisplay(out, JobProgressDisplay.isTerminal());
            return poller.awaitCompletion(job.id(), display::update)
                    .onComplete(ended -> display.close())
                    .map(ended -> {
                        if (ended.state() == JobStatus.State.COMPLETED) {
                            display.printOutputs(ended, location);
                            return CommandLineRunner.OK;
                        }
                        display.printFailure(ended);
                        return CommandLineRunner.FAILED;
                    });
        });
    }
}
