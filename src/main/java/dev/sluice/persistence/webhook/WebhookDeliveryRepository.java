package dev.sluice.persistence.webhook;

import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.persistence.db.SqlDurations;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Webhooks that wait to be sent, by whichever process gets to them first. Who takes one has it for a while: when nothing is heard
 * of it by then it is due again, so each is sent at least once.
 */
public final class WebhookDeliveryRepository {
    // Of each receiver only as many as it has room for, and those who have waited longest first: a receiver with a long
    // queue stands in nobody's way.
    private static final String ACQUIRE_DUE = """
            WITH due AS MATERIALIZED (
                SELECT picked.id
                  FROM (SELECT origin, min(due_at) AS oldest FROM sluice.webhook_delivery
                         WHERE state = 'waiting' AND due_at <= now() GROUP BY origin) AS receiver
                  LEFT JOIN unnest($3::text[], $4::int[]) AS busy (origin, tries) ON busy.origin = receiver.origin
                 CROSS JOIN LATERAL (
                       SELECT d.id FROM sluice.webhook_delivery d
                        WHERE d.origin = receiver.origin AND d.state = 'waiting' AND d.due_at <= now()
                        ORDER BY d.due_at
                        LIMIT greatest(0, $2::int - coalesce(busy.tries, 0))
                          FOR UPDATE SKIP LOCKED) AS picked
                 ORDER BY receiver.oldest LIMIT $1::int)
            UPDATE sluice.webhook_delivery d
               SET tries = tries + 1, due_at = now() + make_interval(secs => $5)
              FROM due WHERE d.id = due.id
            RETURNING d.id, d.job_id, d.event, d.url, d.origin, d.payload, d.tries,
                      extract(epoch FROM now() - d.created_at)::float8 AS age
            """;
    private static final String DELIVERED = """
            UPDATE sluice.webhook_delivery
               SET state = 'delivered', payload = NULL, error = NULL, ended_at = now()
             WHERE id = $1 AND state = 'waiting'
            """;
    // Not when another process has taken it since.
    private static final String PUT_OFF = """
            UPDATE sluice.webhook_delivery SET due_at = now() + make_interval(secs => $3), error = $4
             WHERE id = $1 AND tries = $2 AND state = 'waiting'
            """;
    private static final String ABANDONED = """
            UPDATE sluice.webhook_delivery SET state = 'given_up', payload = NULL, error = $3, ended_at = now()
             WHERE id = $1 AND tries = $2 AND state = 'waiting'
            """;
    private static final String PURGE = """
            DELETE FROM sluice.webhook_delivery
             WHERE state <> 'waiting' AND ended_at < now() - make_interval(secs => $1)
            """;

    private final Database database;

    public WebhookDeliveryRepository(Database database) {
        this.database = database;
    }

    /**
     * Takes what is due.
     *
     * @param max in all
     * @param mostOfOne receiver, with those that are under way
     * @param underWay how many are, by origin
     * @param holdFor how long they are nobody else's
     */
    public Future<List<WebhookDelivery>> acquireDue(
            int max, int mostOfOne, Map<String, Integer> underWay, Duration holdFor) {
        List<Map.Entry<String, Integer>> busy = List.copyOf(underWay.entrySet());
        return database.execute(
                        ACQUIRE_DUE,
                        max,
                        mostOfOne,
                        busy.stream().map(Map.Entry::getKey).toArray(String[]::new),
                        busy.stream().map(Map.Entry::getValue).toArray(Integer[]::new),
                        SqlDurations.toSeconds(holdFor))
                .map(rows -> Rows.stream(rows)
                        .map(WebhookDeliveryRepository::delivery)
                        .toList());
    }

    /** The receiver has it. */
    public Future<Void> markDelivered(WebhookDelivery delivery) {
        return database.execute(DELIVERED, delivery.id()).mapEmpty();
    }

    /** Has it tried again later. */
    public Future<Void> reschedule(WebhookDelivery delivery, Duration wait, String error) {
        return database.execute(PUT_OFF, delivery.id(), delivery.attempts(), SqlDurations.toSeconds(wait), error)
                .mapEmpty();
    }

    /** Has it never tried again. */
    public Future<Void> abandon(WebhookDelivery delivery, String error) {
        return database.execute(ABANDONED, delivery.id(), delivery.attempts(), error)
                .mapEmpty();
    }

    /** Forgets what was over so long ago; until then an update that comes once more causes no second delivery. */
    public Future<Void> purgeEnded(Duration overSince) {
        return database.execute(PURGE, SqlDurations.toSeconds(overSince)).mapEmpty();
    }

    private static WebhookDelivery delivery(Row row) {
        return new WebhookDelivery(
                row.getUUID("id"),
                row.getString("job_id"),
                row.getString("event"),
                row.getString("url"),
                row.getString("origin"),
                (JsonObject) row.getValue("payload"),
                row.getInteger("tries"),
                SqlDurations.fromSeconds(row.getDouble("age")));
    }
}
