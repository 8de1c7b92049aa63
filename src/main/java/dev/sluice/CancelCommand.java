package dev.sluice;

import dev.sluice.job.JobId;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Ends a job that runs. */
@Command(
        name = "cancel",
        description = "End a running job as FAILED (cancelled); the worker that is at it stops within seconds.")
final class CancelCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Parameters(paramLabel = "JOB", description = "the job's id")
    private String job = "";

    @Override
    public Integer call() {
        JobId id = new JobId(job);
        return ControlDesk.with(
                config.load(), desk -> desk.jobs().cancel(id).map(answer -> ControlDesk.print(List.of(answer))));
    }
}
