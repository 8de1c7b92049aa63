package dev.sluice.cli.fleet;

import dev.sluice.backend.admin.FleetService;
import dev.sluice.cli.AdminClient;
import dev.sluice.cli.ConfigOption;
import dev.sluice.persistence.worker.RegisteredWorker;
import dev.sluice.persistence.worker.WorkerCommand.Action;
import dev.sluice.worker.WorkerId;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that workers execute. Prints the answer of each; fails unless all succeed. */
abstract class WorkerCommandRunner implements Callable<Integer> {
    private final Action action;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @ArgGroup(multiplicity = "1")
    private WorkerSelector selector = new WorkerSelector();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "time for the answer of a worker, in addition to --drain (default: ${DEFAULT-VALUE})")
    private int timeoutSeconds;

    WorkerCommandRunner(Action action) {
        this.action = action;
    }

    @Override
    public Integer call() {
        JsonObject arguments = arguments();
        Duration timeout = Duration.ofSeconds((long) timeoutSeconds + arguments.getInteger("drainSeconds", 0));
        Predicate<RegisteredWorker> selected = selector;
        return AdminClient.run(
                config.load(),
                client -> client.fleet()
                        .send(selected, new FleetService.Command(action, arguments, caller(), timeout))
                        .map(AdminClient::print));
    }

    /** The arguments of the command. */
    abstract JsonObject arguments();

    /** User and host, for the log of the worker. */
    static String caller() {
        return System.getProperty("user.name") + "@" + WorkerId.host();
    }
}
