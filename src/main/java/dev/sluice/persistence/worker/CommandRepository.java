package dev.sluice.persistence.worker;

import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.persistence.db.SqlDurations;
import dev.sluice.persistence.worker.WorkerCommand.Action;
import dev.sluice.persistence.worker.WorkerCommand.Result;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.Optional;

/** Commands to workers. Threads: any. */
public final class CommandRepository {
    /** The channel on which workers are notified of commands and of paused stages. */
    public static final String CHANNEL = "sluice_command";

    private static final Duration KEEP = Duration.ofDays(1);
    private static final String SEND = """
            WITH sent AS (
                INSERT INTO sluice.command (worker, action, arguments, requested_by, expires_at)
                VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5)) RETURNING id)
            SELECT id, pg_notify('%s', $1) FROM sent
            """.formatted(CHANNEL);
    private static final String TAKE = """
            UPDATE sluice.command SET state = 'running'
             WHERE id = (SELECT id FROM sluice.command
                          WHERE worker = $1 AND state = 'waiting' AND expires_at > now() ORDER BY id LIMIT 1
                            FOR UPDATE)
            RETURNING id, action, arguments, requested_by
            """;
    private static final String END =
            "UPDATE sluice.command SET state = $2, result = $3 WHERE id = $1 AND state = 'running'";
    private static final String RESULT =
            "SELECT state, result FROM sluice.command WHERE id = $1 AND state IN ('done', 'failed')";
    private static final String PURGE =
            "DELETE FROM sluice.command WHERE expires_at < now() - make_interval(secs => $1)";

    private final Database database;

    public CommandRepository(Database database) {
        this.database = database;
    }

    /**
     * Sends a command and notifies the worker; returns its ID.
     *
     * @param validFor the worker does not start it after this time
     */
    public Future<Long> send(
            String worker, Action action, JsonObject arguments, String requestedBy, Duration validFor) {
        return database.execute(SEND, worker, action.wire(), arguments, requestedBy, SqlDurations.toSeconds(validFor))
                .map(rows -> rows.iterator().next().getLong("id"));
    }

    /** Takes the oldest waiting command of a worker; each command is taken once. An unknown action fails its command. */
    public Future<Optional<WorkerCommand>> take(String worker) {
        return database.execute(TAKE, worker).compose(rows -> {
            if (rows.size() == 0) {
                return Future.succeededFuture(Optional.empty());
            }
            Row row = rows.iterator().next();
            long id = row.getLong("id");
            String action = row.getString("action");
            return Action.fromWire(action)
                    .map(known -> Future.succeededFuture(Optional.of(new WorkerCommand(
                            id, known, row.getJsonObject("arguments"), row.getString("requested_by")))))
                    .orElseGet(() -> end(id, new Result(false, "This version does not support '" + action + "'."))
                            .compose(ended -> take(worker)));
        });
    }

    /** Stores the result of a taken command. */
    public Future<Void> end(long command, Result result) {
        return database.execute(END, command, result.succeeded() ? "done" : "failed", result.message())
                .mapEmpty();
    }

    /** The result of a command; empty while it waits or runs. */
    public Future<Optional<Result>> findResult(long command) {
        return database.execute(RESULT, command)
                .map(rows -> Rows.stream(rows)
                        .map(row -> new Result(row.getString("state").equals("done"), row.getString("result")))
                        .findFirst());
    }

    /** Deletes commands that expired a day ago. */
    public Future<Void> purge() {
        return database.execute(PURGE, SqlDurations.toSeconds(KEEP)).mapEmpty();
    }
}
