package dev.sluice.cli.fleet;

import dev.sluice.persistence.worker.WorkerCommand.Action;
import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Changes a log level. */
@Command(name = "log-level", description = "Set the log level of a logger, until the process ends.")
public final class LogLevelCommand extends WorkerCommandRunner {
    @Parameters(
            index = "0",
            paramLabel = "LOGGER",
            description = "such as dev.sluice or dev.sluice.pipeline; ROOT: all")
    private String logger = "";

    @Parameters(index = "1", paramLabel = "LEVEL", description = "${COMPLETION-CANDIDATES}")
    private Level level = Level.INFO;

    /** Levels of the logging library. */
    enum Level {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    public LogLevelCommand() {
        super(Action.LOG_LEVEL);
    }

    @Override
    JsonObject arguments() {
        return new JsonObject().put("logger", logger).put("level", level.name());
    }
}
