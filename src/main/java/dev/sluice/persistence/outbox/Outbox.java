package dev.sluice.persistence.outbox;

import dev.sluice.common.async.ExponentialBackoff;
import dev.sluice.persistence.db.CallbackFailedException;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.SqlDurations;
import dev.sluice.persistence.db.SqlSession;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages that are published after the commit of the transaction that enqueued them: at least once, by any host, in order among
 * messages of the same ordering key. The final update of a job keeps a distance from the update before it. Threads: any.
 *
 * <p>After a failed batch the next one is half as large, and a message that fails alone is delayed: a message that the broker
 * rejects delays others only briefly.
 */
public final class Outbox {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final Duration SEND_TIMEOUT = Duration.ofSeconds(30);
    private static final ExponentialBackoff BACKOFF =
            new ExponentialBackoff(Duration.ofSeconds(5), Duration.ofSeconds(30), 0.5);
    private static final int MAX_BATCH_LIMIT = 1_000_000;
    /** Bodies and headers of a batch, which is held in memory more than once. */
    private static final int MAX_BATCH_BYTES = 8 << 20;

    private static final String INSERT = """
            INSERT INTO sluice.outbox
                   (exchange, routing_key, body, headers, message_id, ordered_by, publish_after, is_final)
            VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7), $8)
            """;
    // A single message may exceed the size of a batch. A transaction that locks the oldest row of an ordered_by owns
    // all its rows. A final update is published as the oldest row only, at its distance from the update before it.
    private static final String SELECT_BATCH = """
            WITH head AS (
                SELECT o.id, o.ordered_by FROM sluice.outbox o
                 WHERE o.publish_after <= now()
                   AND NOT EXISTS (SELECT FROM sluice.outbox e
                                    WHERE e.ordered_by = o.ordered_by AND e.id < o.id)
                   AND NOT (o.is_final AND EXISTS (SELECT FROM sluice.published_update p
                                                    WHERE p.job_id = o.ordered_by
                                                      AND p.published_at > now() - make_interval(secs => $3)))
                 ORDER BY o.id LIMIT $1 FOR UPDATE OF o SKIP LOCKED),
            due AS (
                SELECT o.id, octet_length(o.body) + octet_length(o.headers::text) AS bytes FROM sluice.outbox o
                 WHERE o.id IN (SELECT id FROM head)
                    OR o.ordered_by IN (SELECT ordered_by FROM head)
                       AND NOT EXISTS (SELECT FROM sluice.outbox e
                                        WHERE e.ordered_by = o.ordered_by AND e.id <= o.id
                                          AND (e.publish_after > now()
                                               OR e.is_final AND $3 > 0 AND e.id NOT IN (SELECT id FROM head)))
                 ORDER BY o.id LIMIT $1),
            counted AS (SELECT id, bytes, sum(bytes) OVER (ORDER BY id) AS upto FROM due)
            SELECT o.id, o.exchange, o.routing_key, o.body, o.headers, o.message_id, o.ordered_by, o.failures, o.is_final
              FROM sluice.outbox o JOIN counted ON counted.id = o.id
             WHERE counted.upto <= $2 OR counted.upto = counted.bytes
             ORDER BY o.id
            """;
    // In the order of the job ids: progress of the same jobs is recorded concurrently.
    private static final String DELETE_PUBLISHED = """
            WITH published AS (
                DELETE FROM sluice.outbox WHERE id = ANY($1) RETURNING id, ordered_by, body, is_final),
            newest AS (
                SELECT DISTINCT ON (ordered_by) ordered_by, CASE WHEN is_final THEN body END AS final_update
                  FROM published WHERE ordered_by IS NOT NULL ORDER BY ordered_by, id DESC)
            INSERT INTO sluice.published_update (job_id, published_at, final_update)
            SELECT ordered_by, clock_timestamp(), final_update FROM newest ORDER BY ordered_by
            ON CONFLICT (job_id) DO UPDATE
               SET published_at = excluded.published_at, final_update = excluded.final_update
            """;
    private static final String DEFER = """
            UPDATE sluice.outbox
               SET failures = $2, publish_after = now() + make_interval(secs => $3)
             WHERE id = $1
            """;
    private static final String NEXT_DUE = """
            SELECT extract(epoch FROM least(
                       (SELECT min(publish_after) FROM sluice.outbox WHERE NOT is_final),
                       (SELECT min(greatest(o.publish_after, p.published_at + make_interval(secs => $1)))
                          FROM sluice.outbox o LEFT JOIN sluice.published_update p ON p.job_id = o.ordered_by
                         WHERE o.is_final)) - now())::float8 AS seconds
            """;

    private final Database database;
    private final AtomicInteger batchLimit = new AtomicInteger(MAX_BATCH_LIMIT);

    public Outbox(Database database) {
        this.database = database;
    }

    /** Enqueues a message in a transaction of its own. */
    public Future<Void> enqueue(OutboxMessage message) {
        return database.execute(INSERT, values(message)).mapEmpty();
    }

    /** Enqueues a message in a transaction. */
    public static Future<RowSet<Row>> enqueue(SqlSession session, OutboxMessage message) {
        return session.execute(INSERT, values(message));
    }

    /**
     * Passes up to {@code limit} due messages, of at most 8 MiB unless it is a single one, to {@code send}, and deletes them after
     * it succeeds within 30 seconds. Returns how many were sent. If {@code send} fails, deletes nothing and fails with its cause.
     *
     * @param distance minimum time between the final update of a job and the update before it
     */
    public Future<Integer> relay(int limit, Duration distance, Function<List<OutboxMessage>, Future<Void>> send) {
        int maxMessages = Math.min(limit, batchLimit.get());
        List<Row> batch = new ArrayList<>();
        return database.transaction(
                        SEND_TIMEOUT,
                        session -> session.execute(
                                        SELECT_BATCH, maxMessages, MAX_BATCH_BYTES, SqlDurations.toSeconds(distance))
                                .compose(rows -> {
                                    rows.forEach(batch::add);
                                    return batch.isEmpty()
                                            ? Future.succeededFuture(Optional.<Integer>empty())
                                            : sendBatch(session, batch, send);
                                }))
                .compose(
                        sent -> {
                            batchLimit.updateAndGet(old -> Math.min(MAX_BATCH_LIMIT, old * 2));
                            return Future.succeededFuture(sent.orElse(0));
                        },
                        cause -> handleSendFailure(batch, cause));
    }

    /**
     * Time until the next message is due; zero if one is due, empty if there is none.
     *
     * @param distance as in {@link #relay}
     */
    public Future<Optional<Duration>> nextDue(Duration distance) {
        return database.execute(NEXT_DUE, SqlDurations.toSeconds(distance))
                .map(rows -> Optional.ofNullable(rows.iterator().next().getDouble("seconds"))
                        .map(SqlDurations::fromSeconds));
    }

    private static Future<Optional<Integer>> sendBatch(
            SqlSession session, List<Row> batch, Function<List<OutboxMessage>, Future<Void>> send) {
        List<OutboxMessage> messages = batch.stream().map(Outbox::message).toList();
        Long[] ids = batch.stream().map(row -> row.getLong("id")).toArray(Long[]::new);
        return Future.succeededFuture(messages)
                .compose(send)
                .timeout(SEND_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .recover(cause -> Future.failedFuture(new CallbackFailedException(cause)))
                .compose(confirmed -> session.execute(DELETE_PUBLISHED, (Object) ids))
                .map(deleted -> Optional.of(messages.size()));
    }

    private Future<Integer> handleSendFailure(List<Row> batch, Throwable cause) {
        if (!(cause instanceof CallbackFailedException failed)) {
            return Future.failedFuture(cause);
        }
        if (batch.size() > 1) {
            batchLimit.set(batch.size() / 2);
            return Future.failedFuture(failed.reason());
        }
        long id = batch.get(0).getLong("id");
        int failures = batch.get(0).getInteger("failures") + 1;
        Duration delay = BACKOFF.delay(failures);
        return database.execute(DEFER, id, failures, SqlDurations.toSeconds(delay))
                .transform(deferred -> {
                    LOG.atWarn()
                            .addKeyValue("outboxId", id)
                            .addKeyValue("error", String.valueOf(failed.reason().getMessage()))
                            .addKeyValue("retryInMs", delay.toMillis())
                            .log("outbox message rejected");
                    return Future.failedFuture(failed.reason());
                });
    }

    private static Object[] values(OutboxMessage message) {
        return new Object[] {
            message.exchange(),
            message.routingKey(),
            message.body(),
            message.headers(),
            message.messageId(),
            message.orderingKey().orElse(null),
            SqlDurations.toSeconds(message.delay()),
            message.isFinal()
        };
    }

    private static OutboxMessage message(Row row) {
        return new OutboxMessage(
                row.getString("exchange"),
                row.getString("routing_key"),
                row.getBuffer("body"),
                (JsonObject) row.getValue("headers"),
                row.getString("message_id"),
                Optional.ofNullable(row.getString("ordered_by")),
                Duration.ZERO,
                row.getBoolean("is_final"));
    }
}
