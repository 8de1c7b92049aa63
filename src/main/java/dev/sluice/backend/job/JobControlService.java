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

/** Cancels and retries jobs. Works from any process with access to the database, whichever worker has the job. */
public final class JobControlService {
    private static final String JOB_UNKNOWN_MESSAGE = "No worker has received a job with this ID. Nothing was changed."
            + " If its message is in a queue, it will be processed.";

    private final JobCancellation cancellation;
    private final JobRetry retry;
    private final String worker;
    private final OutboxNotifier outboxNotifier;
    private final Clock clock = Clock.systemUTC();

    /** @param worker ID of this process in updates */
    public JobControlService(
            JobCancellation cancellation, JobRetry retry, String worker, OutboxNotifier outboxNotifier) {
        this.cancellation = cancellation;
        this.retry = retry;
        this.worker = worker;
        this.outboxNotifier = outboxNotifier;
    }

    /** Fails a running job with the code {@code cancelled}; its worker stops within seconds. */
    public Future<OperationResult> cancel(JobId job) {
        JobException reason = new JobException(ErrorCode.CANCELLED, "The job was cancelled by an operator.");
        return cancellation
                .cancel(job, reason, cancelled -> update(cancelled, reason))
                .map(result -> result instanceof JobControlResult.Applied applied
                        ? applied(job, "Cancelled in stage " + applied.stage().key() + ".")
                        : rejected(job, result, "cancelled"));
    }

    /** Restarts a failed or cancelled job, at the stage that {@link RestartPlanner} determines. */
    public Future<OperationResult> retry(JobId job) {
        return retry.retry(job, RestartPlanner::plan)
                .map(result -> result instanceof JobControlResult.Applied applied
                        ? applied(job, "Restarted at stage " + applied.stage().key() + ".")
                        : rejected(job, result, "retried"))
                .recover(cause -> cause instanceof JobException failure && RestartPlanner.isPlanFailure(failure)
                        ? Future.succeededFuture(OperationResult.conflict(job.value(), failure.message()))
                        : Future.failedFuture(cause));
    }

    private OperationResult applied(JobId job, String message) {
        outboxNotifier.notifyOutbox();
        return OperationResult.applied(job.value(), message);
    }

    private static OperationResult rejected(JobId job, JobControlResult result, String operation) {
        if (!(result instanceof JobControlResult.Conflict conflict)) {
            return OperationResult.notFound(job.value(), JOB_UNKNOWN_MESSAGE);
        }
        String code = conflict.errorCode().map(found -> " (" + found + ")").orElse("");
        return OperationResult.conflict(
                job.value(),
                "Not " + operation + ": the job " + state(conflict.state()) + code + ". Nothing was changed.");
    }

    private static String state(JobStatus.State state) {
        return switch (state) {
            case RUNNING -> "is running";
            case COMPLETED -> "is completed";
            case FAILED -> "has failed";
        };
    }

    private JobUpdate update(CancelledJob job, JobException reason) {
        return new JobUpdate(
                job.jobId(),
                job.stagedJob().mediaId(),
                JobUpdate.Status.FAILED,
                job.progress(),
                job.stagedJob().updateOptions().stepScheme().failedStep(job.stage()),
                JobUpdate.Content.failed(
                        JobUpdate.ErrorDetails.of(reason, job.stagedJob()),
                        job.stagedJob().warnings()),
                clock.instant(),
                job.seq(),
                new JobUpdate.Origin(job.stage(), job.attempt(), worker),
                Optional.empty());
    }
}
