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
 * Messages that are sent after the transaction that made them: at least once, in order within one {@code orderedBy}, by
 * whichever host gets to them first.
 *
 * <p>When a batch cannot be sent, the next one is half as large, and a message that fails alone waits a while: so one that no
 * broker takes delays the others only shortly.
 */
public final class Outbox {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final Duration SEND_LIMIT = Duration.ofSeconds(30);
    private static final ExponentialBackoff BACKOFF =
            new ExponentialBackoff(Duration.ofSeconds(5), Duration.ofSeconds(30), 0.5);
    private static final int WIDEST = 1_000_000;
    /** Of one batch, bodies and headers: it is in memory as a whole, and more than once. */
    private static final int MAX_BATCH_BYTES = 8 << 20;

    private static final String INSERT = """
            INSERT INTO sluice.outbox
                   (exchange, routing_key, body, headers, message_id, ordered_by, publish_after)
            VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
            """;
    // The oldest alone may be larger than a batch. Whoever locks the oldest row of an ordered_by owns all of them until
    // the end of its transaction.
    private static final String SELECT_BATCH = """
            WITH head AS (
                SELECT o.id, o.ordered_by FROM sluice.outbox o
                 WHERE o.publish_after <= now()
                   AND NOT EXISTS (SELECT FROM sluice.outbox e
                                    WHERE e.ordered_by = o.ordered_by AND e.id < o.id)
                 ORDER BY o.id LIMIT $1 FOR UPDATE OF o SKIP LOCKED),
            due AS (
                SELECT o.id, octet_length(o.body) + octet_length(o.headers::text) AS bytes FROM sluice.outbox o
                 WHERE o.id IN (SELECT id FROM head)
                    OR o.ordered_by IN (SELECT ordered_by FROM head)
                       AND NOT EXISTS (SELECT FROM sluice.outbox e
                                        WHERE e.ordered_by = o.ordered_by AND e.id <= o.id
                                          AND e.publish_after > now())
                 ORDER BY o.id LIMIT $1),
            counted AS (SELECT id, bytes, sum(bytes) OVER (ORDER BY id) AS upto FROM due)
            SELECT o.id, o.exchange, o.routing_key, o.body, o.headers, o.message_id, o.ordered_by, o.failures
              FROM sluice.outbox o JOIN counted ON counted.id = o.id
             WHERE counted.upto <= $2 OR counted.upto = counted.bytes
             ORDER BY o.id
            """;
    private static final String DELETE = "DELETE FROM sluice.outbox WHERE id = ANY($1)";
    private static final String POSTPONE = """
            UPDATE sluice.outbox
               SET failures = $2, publish_after = now() + make_interval(secs => $3)
             WHERE id = $1
            """;
    private static final String NEXT_DUE =
            "SELECT extract(epoch FROM min(publish_after) - now())::float8 AS seconds FROM sluice.outbox";

    private final Database database;
    private final AtomicInteger batchLimit = new AtomicInteger(WIDEST);

    public Outbox(Database database) {
        this.database = database;
    }

    /** Puts a message that belongs to no other change, in a transaction of its own. */
    public Future<Void> enqueue(OutboxMessage message) {
        return database.execute(INSERT, values(message)).mapEmpty();
    }

    /** Puts a message within a transaction. */
    public static Future<RowSet<Row>> enqueue(SqlSession session, OutboxMessage message) {
        return session.execute(INSERT, values(message));
    }

    /**
     * Takes up to {@code limit} messages that are due, and no more than 8 MiB unless it is a single one, hands them to
     * {@code send} and forgets them once that has succeeded; {@code send} has 30 seconds. Gives how many were sent. Fails, with
     * nothing forgotten, as {@code send} did.
     */
    public Future<Integer> relay(int limit, Function<List<OutboxMessage>, Future<Void>> send) {
        int batch = Math.min(limit, batchLimit.get());
        List<Row> taken = new ArrayList<>();
        return database.transaction(
                        SEND_LIMIT,
                        session -> session.execute(SELECT_BATCH, batch, MAX_BATCH_BYTES)
                                .compose(rows -> {
                                    rows.forEach(taken::add);
                                    return taken.isEmpty()
                                            ? Future.succeededFuture(Optional.<Integer>empty())
                                            : sent(session, taken, send);
                                }))
                .compose(
                        sent -> {
                            batchLimit.updateAndGet(old -> Math.min(WIDEST, old * 2));
                            return Future.succeededFuture(sent.orElse(0));
                        },
                        cause -> handleSendFailure(taken, cause));
    }

    /** How long until the next message is due; zero when one is due already, empty when there is none. */
    public Future<Optional<Duration>> nextDue() {
        return database.execute(NEXT_DUE)
                .map(rows -> Optional.ofNullable(rows.iterator().next().getDouble("seconds"))
                        .map(SqlDurations::fromSeconds));
    }

    private static Future<Optional<Integer>> sent(
            SqlSession session, List<Row> taken, Function<List<OutboxMessage>, Future<Void>> send) {
        List<OutboxMessage> messages = taken.stream().map(Outbox::message).toList();
        Long[] ids = taken.stream().map(row -> row.getLong("id")).toArray(Long[]::new);
        return Future.succeededFuture(messages)
                .compose(send)
                .timeout(SEND_LIMIT.toSeconds(), TimeUnit.SECONDS)
                .recover(cause -> Future.failedFuture(new CallbackFailedException(cause)))
                .compose(confirmed -> session.execute(DELETE, (Object) ids))
                .map(deleted -> Optional.of(messages.size()));
    }

    private Future<Integer> handleSendFailure(List<Row> taken, Throwable cause) {
        if (!(cause instanceof CallbackFailedException failed)) {
            return Future.failedFuture(cause);
        }
        if (taken.size() > 1) {
            batchLimit.set(taken.size() / 2);
            return Future.failedFuture(failed.reason());
        }
        long id = taken.get(0).getLong("id");
        int failures = taken.get(0).getInteger("failures") + 1;
        Duration delay = BACKOFF.delay(failures);
        return database.execute(POSTPONE, id, failures, SqlDurations.toSeconds(delay))
                .transform(postponed -> {
                    LOG.atWarn()
                            .addKeyValue("outboxId", id)
                            .addKeyValue("error", String.valueOf(failed.reason().getMessage()))
                            .addKeyValue("retryInMs", delay.toMillis())
                            .log("message cannot be sent");
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
            SqlDurations.toSeconds(message.delay())
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
                Duration.ZERO);
    }
}
