package dev.sluice.cli;

import dev.sluice.backend.job.JobControlService;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.job.JobId;
import io.vertx.core.Future;
import picocli.CommandLine.Command;

/** Restarts a failed or cancelled job. */
@Command(
        name = "retry",
        description = "Restart a FAILED or cancelled job at the stage where it stopped (after upload: at processing).")
public final class RetryCommand extends JobCommand {
    @Override
    Future<OperationResult> handle(JobControlService jobs, JobId id) {
        return jobs.retry(id);
    }
}
