package dev.sluice.persistence.job;

import dev.sluice.message.JobUpdate;
import dev.sluice.message.ReceivedUpdate;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.usertable.UserTables;
import dev.sluice.persistence.webhook.WebhookSubscriptions;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.Locale;
import java.util.Optional;

/**
 * Brings what the updates queue says into the user's tables. Our own workers have written each step there before its update
 * leaves, in one transaction with it; so of their jobs only the progress between two steps is news, and that is taken from where
 * they keep it, which no late or double update can change. What other workers say is applied in its order.
 */
public final class ReceivedUpdateRepository {
    private static final String LOCK_JOB =
            "SELECT seq, state, progress FROM sluice.job WHERE id = $1 FOR NO KEY UPDATE";
    private static final String NEWER = """
            INSERT INTO sluice.applied_report AS known (job_id, ordinal) VALUES ($1, $2)
            ON CONFLICT (job_id) DO UPDATE SET ordinal = excluded.ordinal, applied_at = now()
             WHERE known.ordinal < excluded.ordinal OR known.ordinal = excluded.ordinal AND NOT $3
            RETURNING job_id
            """;
    private static final String END_JOB = """
            UPDATE sluice.job
               SET state = $2, progress = greatest(progress, $3), error_message = $4,
                   updated_at = clock_timestamp(), finished_at = clock_timestamp()
             WHERE id = $1 AND state = 'running'
            """;

    private final Database database;
    private final UserTables tables;
    private final WebhookSubscriptions webhooks;

    /** @param webhooks tells others of ends, in the transaction that applies them */
    public ReceivedUpdateRepository(Database database, UserTables tables, WebhookSubscriptions webhooks) {
        this.database = database;
        this.tables = tables;
        this.webhooks = webhooks;
    }

    /** What came of a report. */
    public enum Outcome {
        APPLIED,
        /** A newer one was there before it, or the same. */
        STALE,
        /** Nobody knows its job; nothing was changed. */
        UNKNOWN_JOB
    }

    /** Applies a report; a second time it changes nothing. */
    public Future<Outcome> apply(ReceivedUpdate update) {
        return database.transaction(session -> session.execute(
                                LOCK_JOB, update.job().value())
                        .compose(rows -> rows.size() == 0
                                ? applyFromExternalWorker(session, update, false)
                                : applyToTrackedJob(
                                        session, update, rows.iterator().next())))
                .map(applied -> applied.orElse(Outcome.UNKNOWN_JOB));
    }

    private Future<Optional<Outcome>> applyToTrackedJob(SqlSession session, ReceivedUpdate update, Row job) {
        if (job.getLong("seq") == 0) {
            return applyFromExternalWorker(session, update, true);
        }
        if (update.status() != JobUpdate.Status.PROCESSING) {
            // One that was started again since has not ended.
            Future<Void> told = job.getString("state").equals(stateOf(update))
                    ? webhooks.enqueueDeliveries(session, update)
                    : Future.succeededFuture();
            return told.map(Optional.of(Outcome.STALE));
        }
        if (!job.getString("state").equals("running")) {
            return Future.succeededFuture(Optional.of(Outcome.STALE));
        }
        return tables.writer()
                .applyProgress(session, update.job(), job.getInteger("progress"))
                .map(Optional.of(Outcome.APPLIED));
    }

    private Future<Optional<Outcome>> applyFromExternalWorker(
            SqlSession session, ReceivedUpdate update, boolean known) {
        return session.execute(NEWER, update.job().value(), update.sequence(), update.hasSequence())
                .compose(newer -> newer.size() == 0
                        ? Future.succeededFuture(Optional.of(Outcome.STALE))
                        : tables.writer()
                                .applyReceivedUpdate(session, update)
                                .compose(shown -> shown || known
                                        ? ended(session, update)
                                                .compose(ended -> webhooks.enqueueDeliveries(session, update))
                                                .map(Optional.of(Outcome.APPLIED))
                                        : Future.succeededFuture(Optional.empty())));
    }

    /** Keeps our own workers from doing again what another has done. */
    private static Future<Void> ended(SqlSession session, ReceivedUpdate update) {
        return update.status() == JobUpdate.Status.PROCESSING
                ? Future.succeededFuture()
                : session.execute(
                                END_JOB,
                                update.job().value(),
                                stateOf(update),
                                update.progress(),
                                update.error().orElse(null))
                        .mapEmpty();
    }

    private static String stateOf(ReceivedUpdate update) {
        return update.status().name().toLowerCase(Locale.ROOT);
    }
}
