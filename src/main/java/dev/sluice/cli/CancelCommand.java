package dev.sluice.cli;

import dev.sluice.backend.job.JobControlService;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.job.JobId;
import io.vertx.core.Future;
import picocli.CommandLine.Command;

/** Ends a job that runs. */
@Command(
        name = "cancel",
        description = "End a running job as FAILED (cancelled); the worker that is at it stops within seconds.")
public final class CancelCommand extends JobCommand {
    @Override
    Future<OperationResult> handle(JobControlService jobs, JobId id) {
        return jobs.cancel(id);
    }
}
