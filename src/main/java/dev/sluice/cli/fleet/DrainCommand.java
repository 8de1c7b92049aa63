package dev.sluice.cli.fleet;

import dev.sluice.persistence.worker.WorkerCommand.Action;
import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Stops the consumers of workers. */
@Command(name = "drain", description = "Consume nothing more, finish what runs, and then exit if --exit.")
public final class DrainCommand extends WorkerCommandRunner {
    @Option(
            names = "--exit",
            description = "end the process; without it, the worker consumes nothing until its restart")
    private boolean exit;

    @Option(
            names = "--drain",
            paramLabel = "SECONDS",
            defaultValue = "3600",
            description = "time for runs in progress to finish; then they are requeued (default: ${DEFAULT-VALUE})")
    private int drainSeconds;

    public DrainCommand() {
        super(Action.DRAIN);
    }

    @Override
    JsonObject arguments() {
        return new JsonObject().put("exit", exit).put("drainSeconds", drainSeconds);
    }
}
