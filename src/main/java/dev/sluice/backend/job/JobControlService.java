package dev.sluice.backend.job;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.message.JobUpdate;
import dev.sluice.persistence.control.CancelledJob;
import dev.sluice.persistence.control.JobCancellation;
import dev.sluice.persistence.control.JobControlResult;
import dev.sluice.persistence.control.JobRetry;
import dev.sluice.persistence.job.JobStatus;
import dev.sluice.persistence.outbox.OutboxNotifier;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Optional;

/** A person's hand on a job: works from any process that reaches the database, whichever host the job is on. */
public final class JobControlService {
    private static final String JOB_UNKNOWN_MESSAGE = "No worker has seen a job of this id, and nothing was changed."
            + " If its message waits in a queue, it will be worked on.";

    private final JobCancellation cancellation;
    private final JobRetry retry;
    private final String worker;
    private final OutboxNotifier outboxNotifier;
    private final Clock clock = Clock.systemUTC();

    /**
     * Acts on jobs.
     *
     * @param worker what updates call this process
     * @param announce tells a publisher that messages wait in the outbox; where there is none here, a sweep finds them
     */
    public JobControlService(
            JobCancellation cancellation, JobRetry retry, String worker, OutboxNotifier outboxNotifier) {
        this.cancellation = cancellation;
        this.retry = retry;
        this.worker = worker;
        this.outboxNotifier = outboxNotifier;
    }

    /** Ends a running job as FAILED with the code {@code cancelled}; whoever works on it stops within seconds. */
    public Future<OperationResult> cancel(JobId job) {
        JobException reason = new JobException(ErrorCode.CANCELLED, "The job was cancelled by hand.");
        return cancellation
                .cancel(job, reason, ended -> failed(ended, reason))
                .map(result -> result instanceof JobControlResult.Applied done
                        ? done(job, "Cancelled in " + done.stage().key() + ".")
                        : refused(job, result, "cancelled"));
    }

    /**
     * Starts a job that failed or was cancelled again, at the stage where it stopped or at the one before that makes what it
     * needs; see {@link RestartPlanner}.
     */
    public Future<OperationResult> retry(JobId job) {
        return retry.retry(job, RestartPlanner::plan)
                .map(result -> result instanceof JobControlResult.Applied done
                        ? done(job, "Started again at " + done.stage().key() + ".")
                        : refused(job, result, "started again"))
                .recover(cause -> cause instanceof JobException impossible && RestartPlanner.isPlanFailure(impossible)
                        ? Future.succeededFuture(
                                new OperationResult(job.value(), OperationResult.Kind.CONFLICT, impossible.message()))
                        : Future.failedFuture(cause));
    }

    private OperationResult done(JobId job, String sentence) {
        outboxNotifier.notifyOutbox();
        return new OperationResult(job.value(), OperationResult.Kind.APPLIED, sentence);
    }

    private static OperationResult refused(JobId job, JobControlResult result, String what) {
        if (!(result instanceof JobControlResult.Conflict standing)) {
            return new OperationResult(job.value(), OperationResult.Kind.NOT_FOUND, JOB_UNKNOWN_MESSAGE);
        }
        String code = standing.errorCode().map(known -> " (" + known + ")").orElse("");
        return new OperationResult(
                job.value(),
                OperationResult.Kind.CONFLICT,
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
                ended.jobId(),
                ended.stagedJob().mediaId(),
                JobUpdate.Status.FAILED,
                ended.progress(),
                ended.stagedJob().updateOptions().stepScheme().failedStep(ended.stage()),
                JobUpdate.Content.failed(
                        new JobUpdate.ErrorDetails(reason.code(), reason.message()),
                        ended.stagedJob().warnings()),
                clock.instant(),
                ended.seq(),
                new JobUpdate.Origin(ended.stage(), ended.attempt(), worker),
                Optional.empty());
    }
}
