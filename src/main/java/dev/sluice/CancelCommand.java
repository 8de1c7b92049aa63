package dev.sluice;

import dev.sluice.backend.Answer;
import dev.sluice.backend.JobControl;
import dev.sluice.job.JobId;
import io.vertx.core.Future;
import picocli.CommandLine.Command;

/** Ends a job that runs. */
@Command(
        name = "cancel",
        description = "End a running job as FAILED (cancelled); the worker that is at it stops within seconds.")
final class CancelCommand extends JobCommand {
    @Override
    Future<Answer> handle(JobControl jobs, JobId id) {
        return jobs.cancel(id);
    }
}
