package dev.sluice.cli.fleet;

import dev.sluice.backend.admin.FleetService;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.cli.AdminClient;
import dev.sluice.cli.ConfigOption;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A command for a stage on all workers. */
public abstract class StageCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Parameters(paramLabel = "STAGE", description = "${COMPLETION-CANDIDATES}")
    private PausableStage stage = PausableStage.download;

    /** What can be paused, as the verticles are called. */
    enum PausableStage {
        download,
        processing,
        segment,
        join,
        upload,
        requests
    }

    @Override
    public Integer call() {
        return AdminClient.run(
                config.load(),
                client -> handle(client.fleet(), stage.name()).map(result -> AdminClient.print(List.of(result))));
    }

    abstract Future<OperationResult> handle(FleetService fleet, String name);

    /** Pauses a stage. */
    @Command(
            name = "pause",
            description = "Pause a stage on all workers, including those that start later. Runs in progress continue.")
    public static final class Pause extends StageCommand {
        @Override
        Future<OperationResult> handle(FleetService fleet, String name) {
            return fleet.pause(name, WorkerCommandRunner.caller());
        }
    }

    /** Resumes a stage. */
    @Command(name = "resume", description = "Resume a paused stage on all workers.")
    public static final class Resume extends StageCommand {
        @Override
        Future<OperationResult> handle(FleetService fleet, String name) {
            return fleet.resume(name);
        }
    }
}
