package dev.sluice.persistence.worker;

import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** A command to one worker. */
public record WorkerCommand(long id, Action action, JsonObject arguments, String requestedBy) {
    /** What a worker can do. */
    public enum Action {
        /** Loads the configuration file and redeploys the verticles {@code verticles}. */
        REDEPLOY,
        /** Changes {@code instances} and {@code concurrency} of {@code stage}. */
        SCALE,
        /** Consumes nothing more, and ends the process if {@code exit}. */
        DRAIN,
        /** Sets the log level {@code level} of {@code logger}. */
        LOG_LEVEL;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Action> fromWire(String wire) {
            return Stream.of(values())
                    .filter(action -> action.wire().equals(wire))
                    .findFirst();
        }
    }

    /**
     * The outcome of a command.
     *
     * @param message for the operator
     */
    public record Result(boolean succeeded, String message) {}
}
