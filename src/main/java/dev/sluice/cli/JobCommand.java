package dev.sluice.cli;

import dev.sluice.backend.job.JobControlService;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.job.JobId;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A command for one job. */
abstract class JobCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Parameters(paramLabel = "JOB", description = "job ID")
    private String job = "";

    @Override
    public Integer call() {
        JobId id = new JobId(job);
        return AdminClient.run(
                config.load(), client -> handle(client.jobs(), id).map(result -> AdminClient.print(List.of(result))));
    }

    abstract Future<OperationResult> handle(JobControlService jobs, JobId id);
}
