package dev.sluice.cli;

import dev.sluice.backend.job.Answer;
import dev.sluice.backend.job.JobControl;
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
        return ControlDesk.with(
                config.load(), desk -> handle(desk.jobs(), id).map(answer -> ControlDesk.print(List.of(answer))));
    }

    abstract Future<Answer> handle(JobControl jobs, JobId id);
}
