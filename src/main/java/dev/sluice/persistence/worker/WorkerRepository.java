package dev.sluice.persistence.worker;

import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.persistence.db.SqlDurations;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/** The worker registry. Threads: any. */
public final class WorkerRepository {
    /** Ten missed refreshes at the default interval, and longer than the default lease. */
    private static final Duration LOST_AFTER = Duration.ofSeconds(60);

    private static final Duration FORGET_AFTER = Duration.ofDays(1);
    private static final String SAVE = """
            INSERT INTO sluice.worker (id, host, version, started_at, draining, verticles,
                                       config_digest, config_loaded_at, config_error)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (id) DO UPDATE
               SET seen_at = now(), draining = excluded.draining, verticles = excluded.verticles,
                   config_digest = excluded.config_digest, config_loaded_at = excluded.config_loaded_at,
                   config_error = excluded.config_error
            """;
    private static final String REMOVE = "DELETE FROM sluice.worker WHERE id = $1";
    private static final String FORGET = "DELETE FROM sluice.worker WHERE seen_at < now() - make_interval(secs => $1)";
    private static final String PEERS = """
            SELECT min((v ->> 'sinceCompletedSeconds')::float8 + extract(epoch FROM now() - seen_at)::float8) AS since_completed
              FROM sluice.worker, jsonb_array_elements(verticles) AS v
             WHERE id <> $1 AND v ->> 'name' = $2 AND v ->> 'state' = 'RUNNING' AND (v ->> 'instances')::int > 0
               AND NOT draining AND seen_at > now() - make_interval(secs => $3)
            HAVING count(*) > 0
            """;
    private static final String LIST = """
            SELECT *, extract(epoch FROM now() - started_at)::float8 AS uptime,
                   extract(epoch FROM now() - seen_at)::float8 AS since_seen
              FROM sluice.worker ORDER BY host, started_at, id
            """;

    private final Database database;

    /**
     * The other workers that run a verticle.
     *
     * @param sinceCompleted since the last of them completed a run; empty if none has
     */
    public record Peers(Optional<Duration> sinceCompleted) {}

    public WorkerRepository(Database database) {
        this.database = database;
    }

    /** Registers a worker, or refreshes its row. */
    public Future<Void> save(WorkerStatus status) {
        JsonArray verticles = new JsonArray();
        status.verticles().forEach(verticle -> verticles.add(verticle.toJson()));
        return database.execute(
                        SAVE,
                        status.worker(),
                        status.host(),
                        status.version(),
                        status.startedAt().atOffset(ZoneOffset.UTC),
                        status.draining(),
                        verticles,
                        status.config().digest(),
                        status.config().loadedAt().atOffset(ZoneOffset.UTC),
                        status.config().error().orElse(null))
                .mapEmpty();
    }

    public Future<Void> remove(String worker) {
        return database.execute(REMOVE, worker).mapEmpty();
    }

    /** Removes workers that were last seen a day ago. */
    public Future<Void> forgetLost() {
        return database.execute(FORGET, SqlDurations.toSeconds(FORGET_AFTER)).mapEmpty();
    }

    /** The other workers that run this verticle now; empty if there is none. */
    public Future<Optional<Peers>> findPeers(String worker, String verticle) {
        return database.execute(PEERS, worker, verticle, SqlDurations.toSeconds(LOST_AFTER))
                .map(rows -> Rows.stream(rows)
                        .map(row -> new Peers(Optional.ofNullable(row.getDouble("since_completed"))
                                .map(SqlDurations::fromSeconds)))
                        .findFirst());
    }

    /** All workers, by host and time of start. */
    public Future<List<RegisteredWorker>> list() {
        return database.execute(LIST)
                .map(rows -> Rows.stream(rows).map(WorkerRepository::worker).toList());
    }

    private static RegisteredWorker worker(Row row) {
        List<VerticleStatus> verticles = row.getJsonArray("verticles").stream()
                .map(JsonObject.class::cast)
                .map(VerticleStatus::fromJson)
                .toList();
        Duration sinceSeen = SqlDurations.fromSeconds(row.getDouble("since_seen"));
        return new RegisteredWorker(
                new WorkerStatus(
                        row.getString("id"),
                        row.getString("host"),
                        row.getString("version"),
                        row.getOffsetDateTime("started_at").toInstant(),
                        row.getBoolean("draining"),
                        verticles,
                        new ConfigStatus(
                                row.getString("config_digest"),
                                row.getOffsetDateTime("config_loaded_at").toInstant(),
                                Optional.ofNullable(row.getString("config_error")))),
                SqlDurations.fromSeconds(row.getDouble("uptime")),
                sinceSeen,
                sinceSeen.compareTo(LOST_AFTER) > 0);
    }
}
