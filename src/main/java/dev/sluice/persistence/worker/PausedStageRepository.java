package dev.sluice.persistence.worker;

import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import io.vertx.core.Future;
import java.util.Set;
import java.util.stream.Collectors;

/** Stages that are paused on all workers. Threads: any. */
public final class PausedStageRepository {
    private static final String PAUSE =
            "INSERT INTO sluice.paused_stage (stage, paused_by) VALUES ($1, $2) ON CONFLICT (stage) DO NOTHING";
    private static final String RESUME = "DELETE FROM sluice.paused_stage WHERE stage = $1";
    private static final String LIST = "SELECT stage FROM sluice.paused_stage";
    private static final String NOTIFY = "SELECT pg_notify('" + CommandRepository.CHANNEL + "', '')";

    private final Database database;

    public PausedStageRepository(Database database) {
        this.database = database;
    }

    /** Pauses a stage and notifies the workers; returns whether it was not paused before. */
    public Future<Boolean> pause(String stage, String requestedBy) {
        return database.execute(PAUSE, stage, requestedBy)
                .compose(rows -> database.execute(NOTIFY).map(rows.rowCount() > 0));
    }

    /** Resumes a stage and notifies the workers; returns whether it was paused. */
    public Future<Boolean> resume(String stage) {
        return database.execute(RESUME, stage)
                .compose(rows -> database.execute(NOTIFY).map(rows.rowCount() > 0));
    }

    /** The paused stages. */
    public Future<Set<String>> list() {
        return database.execute(LIST)
                .map(rows ->
                        Rows.stream(rows).map(row -> row.getString("stage")).collect(Collectors.toUnmodifiableSet()));
    }
}
