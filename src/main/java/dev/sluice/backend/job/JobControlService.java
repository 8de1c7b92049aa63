package dev.sluice.backend.job;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.message.JobUpdate;
import dev.sluice.persistence.control.CancelledJob;
import dev.sluice.persistence.control.JobControlRepository;
import dev.sluice.persistence.control.JobControlResult;
import dev.sluice.persistence.job.JobStatus;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** A person's hand on a job: works from any process that reaches the database, whichever host the job is on. */
public final class JobControlService {
    private static final String NOBODY_KNOWS = "No worker has seen a job of this id, and nothing was changed."
            + " If its message waits in a queue, it will be worked on.";

    private final JobControlRepository interventions;
    private final String worker;
    private final Runnable announce;
    private final Clock clock = Clock.systemUTC();

    /**
     * Acts on jobs.
     *
     * @param worker what updates call this process
     * @param announce tells a publisher that messages wait in the outbox; where there is none here, a sweep finds them
     */
    public JobControlService(JobControlRepository interventions, String worker, Runnable announce) {
        this.interventions = interventions;
        this.worker = worker;
        this.announce = announce;
    }

    /** Ends a running job as FAILED with the code {@code cancelled}; whoever works on it stops within seconds. */
    public Future<OperationResult> cancel(JobId job) {
        JobException reason = new JobException(ErrorCode.CANCELLED, "The job was cancelled by hand.");
        return interventions
                .cancel(job, reason, ended -> failed(ended, reason))
                .map(outcome -> outcome instanceof JobControlResult.Done done
                        ? done(job, "Cancelled in " + done.stage().key() + ".")
                        : refused(job, outcome, "cancelled"));
    }

    /**
     * Starts a job that failed or was cancelled again, at the stage where it stopped or at the one before that makes what it
     * needs; see {@link RestartPlanner}.
     */
    public Future<OperationResult> retry(JobId job) {
        return interventions
                .restart(job, RestartPlanner::of)
                .map(outcome -> outcome instanceof JobControlResult.Done done
                        ? done(job, "Started again at " + done.stage().key() + ".")
                        : refused(job, outcome, "started again"))
                .recover(cause -> cause instanceof JobException impossible && RestartPlanner.refuses(impossible)
                        ? Future.succeededFuture(
                                new OperationResult(job.value(), OperationResult.Kind.REFUSED, impossible.sentence()))
                        : Future.failedFuture(cause));
    }

    private OperationResult done(JobId job, String sentence) {
        announce.run();
        return new OperationResult(job.value(), OperationResult.Kind.DONE, sentence);
    }

    private static OperationResult refused(JobId job, JobControlResult outcome, String what) {
        if (!(outcome instanceof JobControlResult.NotNow standing)) {
            return new OperationResult(job.value(), OperationResult.Kind.UNKNOWN, NOBODY_KNOWS);
        }
        String code = standing.errorCode().map(known -> " (" + known + ")").orElse("");
        return new OperationResult(
                job.value(),
                OperationResult.Kind.REFUSED,
                "Not " + what + ": the job " + state(standing.state()) + code + ". Nothing was changed.");
    }

    private static String state(JobStatus.State state) {
        return switch (state) {
            case RUNNING -> "is running";
            case COMPLETED -> "is completed";
            case FAILED -> "has failed already";
        };
    }

    private JobUpdate failed(CancelledJob ended, JobException reason) {
        return new JobUpdate(
                ended.id(),
                ended.message().mediaId(),
                JobUpdate.Status.FAILED,
                ended.progress(),
                ended.message().answerForm().steps().failedStep(ended.stage()),
                List.of(),
                Optional.empty(),
                Optional.of(new JobUpdate.Failure(reason.code(), reason.sentence())),
                ended.message().warnings(),
                clock.instant(),
                ended.seq(),
                ended.stage(),
                ended.attempt(),
                Optional.empty(),
                worker);
    }
}
