package dev.sluice.cli.fleet;

import dev.sluice.persistence.worker.WorkerCommand.Action;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Redeploys verticles of workers. */
@Command(
        name = "redeploy",
        description = {
            "Redeploy verticles with the configuration file as it is now.",
            "All other verticles of the process continue. Ends with the first failure."
        })
public final class RedeployCommand extends WorkerCommandRunner {
    @Parameters(paramLabel = "VERTICLE", arity = "1..*", description = "name of a verticle, as in sluice workers")
    private List<String> verticles = List.of();

    @Option(
            names = "--drain",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "time for runs in progress to finish; then they are requeued (default: ${DEFAULT-VALUE})")
    private int drainSeconds;

    public RedeployCommand() {
        super(Action.REDEPLOY);
    }

    @Override
    JsonObject arguments() {
        return new JsonObject().put("verticles", new JsonArray(verticles)).put("drainSeconds", drainSeconds);
    }
}
