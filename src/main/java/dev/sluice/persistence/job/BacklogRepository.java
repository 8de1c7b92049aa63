package dev.sluice.persistence.job;

import dev.sluice.job.StageName;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads how much work waits, in all processes together. */
public final class BacklogRepository {
    private static final String STAGES =
            "SELECT stage, waiting, running, delayed, held, oldest_waiting_seconds FROM sluice.stage_backlog";
    private static final String OUTBOX = """
            SELECT count(*) AS messages,
                   coalesce(extract(epoch FROM clock_timestamp() - min(publish_after)
                                    FILTER (WHERE publish_after <= clock_timestamp())), 0)::float8 AS lag
              FROM sluice.outbox
            """;

    private static final String FINISHED = """
            SELECT stage, count(*) AS finished FROM sluice.stage_run
             WHERE state = 'done' AND finished_at > clock_timestamp() - make_interval(secs => $1)
             GROUP BY stage
            """;

    private final Database database;

    public BacklogRepository(Database database) {
        this.database = database;
    }

    /**
     * Runs of one stage, as in the view {@code sluice.stage_backlog}.
     *
     * @param waiting runs that a worker may claim now
     * @param running runs under a lease
     * @param delayed runs that wait for a retry
     * @param held runs whose message is not sent yet, because of a limit
     * @param oldestWaitingSeconds age of the oldest waiting run; 0: none
     */
    public record StageBacklog(long waiting, long running, long delayed, long held, double oldestWaitingSeconds) {}

    /**
     * Messages of the outbox.
     *
     * @param messages all, also those that are due later
     * @param lagSeconds since the oldest due message was due; 0: none is due
     */
    public record OutboxBacklog(long messages, double lagSeconds) {}

    /** Returns the backlog of every stage. */
    public Future<Map<StageName, StageBacklog>> stages() {
        return database.execute(STAGES)
                .map(rows -> Rows.stream(rows)
                        .collect(Collectors.toUnmodifiableMap(
                                row -> StageName.of(row.getString("stage")), BacklogRepository::stage)));
    }

    private static StageBacklog stage(Row row) {
        return new StageBacklog(
                row.getLong("waiting"),
                row.getLong("running"),
                row.getLong("delayed"),
                row.getLong("held"),
                row.getDouble("oldest_waiting_seconds"));
    }

    /** Returns how many runs of each stage were completed in the last seconds; stages without such a run are missing. */
    public Future<Map<StageName, Long>> finished(Duration last) {
        return database.execute(FINISHED, last.toMillis() / 1000.0)
                .map(rows -> Rows.stream(rows)
                        .collect(Collectors.toUnmodifiableMap(
                                row -> StageName.of(row.getString("stage")), row -> row.getLong("finished"))));
    }

    public Future<OutboxBacklog> outbox() {
        return database.execute(OUTBOX)
                .map(rows -> rows.iterator().next())
                .map(row -> new OutboxBacklog(row.getLong("messages"), row.getDouble("lag")));
    }
}
