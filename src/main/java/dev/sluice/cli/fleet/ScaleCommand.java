package dev.sluice.cli.fleet;

import dev.sluice.persistence.worker.WorkerCommand.Action;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes the instances and the concurrency of a stage. */
@Command(
        name = "scale",
        description =
                "Change instances and concurrency of a stage, until the process ends or its configuration file changes.")
public final class ScaleCommand extends WorkerCommandRunner {
    @Parameters(paramLabel = "STAGE", description = "name of a stage")
    private String stage = "";

    @Option(names = "--instances", paramLabel = "N", description = "0 to 64; 0: the worker does not run the stage")
    private @Nullable Integer instances;

    @Option(names = "--concurrency", paramLabel = "N", description = "concurrent runs of each instance, 1 to 256")
    private @Nullable Integer concurrency;

    @Option(
            names = "--drain",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "time for runs in progress to finish; then they are requeued (default: ${DEFAULT-VALUE})")
    private int drainSeconds;

    public ScaleCommand() {
        super(Action.SCALE);
    }

    @Override
    JsonObject arguments() {
        JsonObject arguments = new JsonObject().put("stage", stage).put("drainSeconds", drainSeconds);
        if (instances != null) {
            arguments.put("instances", instances);
        }
        if (concurrency != null) {
            arguments.put("concurrency", concurrency);
        }
        return arguments;
    }
}
