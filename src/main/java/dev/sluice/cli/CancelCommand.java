package dev.sluice.cli;

import dev.sluice.backend.job.JobControlService;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.job.JobId;
import io.vertx.core.Future;
import picocli.CommandLine.Command;

/** Cancels a job. */
@Command(name = "cancel", description = "Cancel a job. Its status becomes FAILED with error code cancelled.")
public final class CancelCommand extends JobCommand {
    @Override
    Future<OperationResult> handle(JobControlService jobs, JobId id) {
        return jobs.cancel(id);
    }
}
