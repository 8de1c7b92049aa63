package dev.sluice;

import dev.sluice.job.JobId;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Starts a failed job again. */
@Command(
        name = "retry",
        description =
                "Start a FAILED or cancelled job again at the stage where it stopped (after upload: at processing).")
final class RetryCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Parameters(paramLabel = "JOB", description = "the job's id")
    private String job = "";

    @Override
    public Integer call() {
        JobId id = new JobId(job);
        return ControlDesk.with(
                config.load(), desk -> desk.jobs().retry(id).map(answer -> ControlDesk.print(List.of(answer))));
    }
}
