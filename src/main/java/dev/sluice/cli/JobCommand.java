package dev.sluice.cli;

import dev.sluice.backend.job.JobControlService;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.job.JobId;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Something that a person does to one job. */
abstract class JobCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Parameters(paramLabel = "JOB", description = "the job's id")
    private String job = "";

    @Override
    public Integer call() {
        JobId id = new JobId(job);
        return AdminClient.with(
                config.load(), desk -> handle(desk.jobs(), id).map(answer -> AdminClient.print(List.of(answer))));
    }

    abstract Future<OperationResult> handle(JobControlService jobs, JobId id);
}
