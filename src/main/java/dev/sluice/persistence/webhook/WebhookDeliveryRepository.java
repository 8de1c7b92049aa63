package dev.sluice.persistence.webhook;

import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.persistence.db.SqlDurations;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Stores webhook deliveries, which any process may send. A process acquires a due delivery for a limited time; if it is not
 * settled by then, it is due again. Each delivery is therefore sent at least once.
 */
public final class WebhookDeliveryRepository {
    // A limited number for each receiver, receivers with the oldest delivery first: a receiver with many deliveries
    // does
    // not block the others.
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
            RETURNING d.id, d.job_id, d.event, d.url, d.origin, d.owner, d.payload::text AS payload, d.tries,
                      extract(epoch FROM now() - d.created_at)::float8 AS age
            """;
    private static final String DELIVERED = """
            UPDATE sluice.webhook_delivery
               SET state = 'delivered', payload = NULL, error = NULL, ended_at = now()
             WHERE id = $1 AND state = 'waiting'
            """;
    // tries: not if another process has acquired it since.
    private static final String RESCHEDULE = """
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
     * Acquires due deliveries.
     *
     * @param max total number
     * @param maxPerReceiver including those in flight
     * @param inFlight number of deliveries in flight, by origin
     * @param holdTime until they are due again
     */
    public Future<List<WebhookDelivery>> acquireDue(
            int max, int maxPerReceiver, Map<String, Integer> inFlight, Duration holdTime) {
        List<Map.Entry<String, Integer>> busy = List.copyOf(inFlight.entrySet());
        return database.execute(
                        ACQUIRE_DUE,
                        max,
                        maxPerReceiver,
                        busy.stream().map(Map.Entry::getKey).toArray(String[]::new),
                        busy.stream().map(Map.Entry::getValue).toArray(Integer[]::new),
                        SqlDurations.toSeconds(holdTime))
                .map(rows -> Rows.stream(rows)
                        .map(WebhookDeliveryRepository::delivery)
                        .toList());
    }

    public Future<Void> markDelivered(WebhookDelivery delivery) {
        return database.execute(DELIVERED, delivery.id()).mapEmpty();
    }

    /** Retries the delivery after {@code delay}. */
    public Future<Void> reschedule(WebhookDelivery delivery, Duration delay, String error) {
        return database.execute(RESCHEDULE, delivery.id(), delivery.attempts(), SqlDurations.toSeconds(delay), error)
                .mapEmpty();
    }

    /** Ends the delivery without success. */
    public Future<Void> abandon(WebhookDelivery delivery, String error) {
        return database.execute(ABANDONED, delivery.id(), delivery.attempts(), error)
                .mapEmpty();
    }

    /** Deletes deliveries that ended before {@code retention}; until then a duplicate update causes no second delivery. */
    public Future<Void> purgeEnded(Duration retention) {
        return database.execute(PURGE, SqlDurations.toSeconds(retention)).mapEmpty();
    }

    private static WebhookDelivery delivery(Row row) {
        return new WebhookDelivery(
                row.getUUID("id"),
                row.getString("job_id"),
                row.getString("event"),
                row.getString("url"),
                row.getString("origin"),
                Optional.ofNullable(row.getString("owner")),
                row.getString("payload"),
                row.getInteger("tries"),
                SqlDurations.fromSeconds(row.getDouble("age")));
    }
}
