package dev.sluice.persistence.run;

import dev.sluice.common.async.PayloadExecutor;
import dev.sluice.job.Attempt;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.StagedJob;
import dev.sluice.message.json.InvalidMessageException;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.SqlDurations;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims a run, or explains why it cannot be claimed. Threads: any. */
public final class ClaimTransaction {
    private static final Logger LOG = LoggerFactory.getLogger(ClaimTransaction.class);
    private static final String CLAIM_RUN =
            """
            UPDATE sluice.stage_run
               SET history =
            """ + FailedAttempt.appendIfRunningSql("'lease_lost'", "'The worker became unresponsive.'", "lease_until")
                    + """
                 , state = 'running', attempt = attempt + 1, counted = counted + 1, worker = $4,
                   lease_until = clock_timestamp() + make_interval(secs => $5),
                   started_at = clock_timestamp(), finished_at = NULL, sent_at = clock_timestamp()
             WHERE job_id = $1 AND stage = $2 AND task = $3
               AND (state = 'waiting' OR state = 'running' AND lease_until < clock_timestamp())
               AND NOT EXISTS (SELECT FROM sluice.stage_run earlier
                                 WHERE earlier.job_id = $1 AND earlier.stage = ANY($6) AND earlier.state <> 'done')
            RETURNING attempt, counted, checkpoint, started_at, history -> -1 AS last_failure,
                      (SELECT ARRAY[CASE WHEN isfinite(b.sent_at) THEN extract(epoch FROM clock_timestamp() - b.sent_at) END,
                                    CASE WHEN b.state = 'running'
                                         THEN extract(epoch FROM clock_timestamp() - b.lease_until) END]::float8[]
                         FROM sluice.stage_run b
                        WHERE b.job_id = $1 AND b.stage = $2 AND b.task = $3) AS delays
            """;
    private static final String CLAIM_JOB = """
            UPDATE sluice.job
               SET stage = $2, progress = greatest(progress, $3), seq = seq + $4,
                   updated_at = clock_timestamp()
             WHERE id = $1 AND state = 'running'
            RETURNING seq, progress, message::text AS message
            """;
    private static final String DEFER_MESSAGE = """
            WITH deferred AS (
                UPDATE sluice.stage_run r SET sent_at = r.lease_until
                  FROM sluice.job j
                 WHERE j.id = r.job_id AND r.job_id = $1 AND r.stage = $2 AND r.task = $3 AND j.state = 'running'
                   AND r.state = 'running' AND r.lease_until >= clock_timestamp()
                RETURNING r.lease_until)
            INSERT INTO sluice.outbox (exchange, routing_key, body, headers, message_id, ordered_by, publish_after)
            SELECT $4::text, $5::text, $6::bytea, $7::json, $8::text, $9::text, lease_until FROM deferred
            RETURNING extract(epoch FROM publish_after - clock_timestamp())::float8 AS seconds
            """;
    private static final String IS_FINISHED = """
            SELECT j.state <> 'running' OR coalesce(r.state IN ('done', 'failed'), $5)
                   OR EXISTS (SELECT FROM sluice.stage_run earlier
                               WHERE earlier.job_id = $1 AND earlier.stage = ANY($4) AND earlier.state <> 'done') AS ended
              FROM sluice.job j LEFT JOIN sluice.stage_run r ON r.job_id = j.id AND r.stage = $2 AND r.task = $3
             WHERE j.id = $1
            """;

    private final Database database;
    private final UserTables tables;
    private final Function<JobUpdate, OutboxMessage> toOutboxMessage;

    ClaimTransaction(Database database, UserTables tables, Function<JobUpdate, OutboxMessage> toOutboxMessage) {
        this.database = database;
        this.tables = tables;
        this.toOutboxMessage = toOutboxMessage;
    }

    /**
     * Claims a run for an attempt. The same transaction inserts the job if it is not known, and enqueues the start update. The
     * claim of a known job has the stored message. A run whose lease expired is claimed like a waiting one, and the
     * expired attempt counts. If another worker holds the lease, {@link ClaimRequest#redelivery} is deferred until
     * the lease ends.
     */
    public Future<ClaimResult> claim(ClaimRequest request) {
        AtomicReference<UnconfirmedClaim> unconfirmed = new AtomicReference<>();
        int bytes = request.job().bytes();
        // The run of a planned task exists, or the message is of a plan that was discarded.
        Future<Optional<String>> newJob = request.run().stage().requiresPlan()
                ? Future.succeededFuture(Optional.empty())
                : PayloadExecutor.execute(bytes, () -> Optional.of(request.job().encode()));
        return newJob.compose(message -> database.batchedTransaction(
                        "claim",
                        request.run().job().value(),
                        bytes,
                        session -> claim(session, request, message, unconfirmed)))
                .recover(cause -> revoke(unconfirmed.get(), cause))
                .compose(granted ->
                        granted.isPresent() ? Future.succeededFuture(granted.get()) : explainRefusal(request));
    }

    /** A requeued delivery must find the run as it was before. */
    private Future<Optional<ClaimResult.Granted>> revoke(@Nullable UnconfirmedClaim unconfirmed, Throwable cause) {
        return unconfirmed == null
                ? Future.failedFuture(cause)
                : unconfirmed
                        .revoke(database)
                        .onFailure(failure -> LOG.atWarn()
                                .addKeyValue("jobId", unconfirmed.run().job())
                                .addKeyValue("stage", unconfirmed.run().stage().key())
                                .addKeyValue("error", String.valueOf(failure.getMessage()))
                                .log("claim outcome unknown; the attempt may be counted"))
                        .transform(done -> Future.failedFuture(cause));
    }

    private Future<Optional<ClaimResult.Granted>> claim(
            SqlSession session,
            ClaimRequest request,
            Optional<String> message,
            AtomicReference<UnconfirmedClaim> unconfirmed) {
        RunId run = request.run();
        String id = run.job().value();
        String stage = run.stage().key();
        Future<?> registered = message.<Future<?>>map(job -> Future.all(
                        JobRegistration.insertJob(session, run, job), JobRegistration.insertRun(session, run)))
                .orElseGet(Future::succeededFuture);
        Future<RowSet<Row>> claimedRun = session.execute(
                CLAIM_RUN,
                id,
                stage,
                run.task(),
                request.worker(),
                SqlDurations.toSeconds(request.lease()),
                precedingStages(run.stage()));
        Future<RowSet<Row>> claimedJob =
                session.execute(CLAIM_JOB, id, stage, run.stage().startProgress(), Claim.SEQUENCE_BLOCK);
        return Future.all(registered, claimedRun, claimedJob).compose(all -> {
            if (claimedRun.result().size() == 0 || claimedJob.result().size() == 0) {
                return Future.succeededFuture(Optional.empty());
            }
            Row row = claimedRun.result().iterator().next();
            unconfirmed.set(new UnconfirmedClaim(
                    run, request.worker(), row.getInteger("attempt"), row.getOffsetDateTime("started_at")));
            Row job = claimedJob.result().iterator().next();
            return message(job.getString("message"), run.stage(), request.job())
                    .map(stored -> claim(run, row, job, stored))
                    .compose(claim -> announce(session, request, claim, row.getArrayOfDoubles("delays")))
                    .map(Optional::of);
        });
    }

    /** @param delays as selected before the claim: since the message was due, and since the lease expired */
    private Future<ClaimResult.Granted> announce(
            SqlSession session, ClaimRequest request, Claim claim, @Nullable Double @Nullable [] delays) {
        Attempt attempt = claim.attempt();
        JobUpdate started = JobUpdate.started(
                claim.job(),
                new JobUpdate.Origin(attempt.run().stage(), attempt.attemptNumber(), request.worker()),
                claim.minProgress(),
                claim.firstSeq(),
                Instant.now());
        return Future.all(
                        Outbox.enqueue(session, toOutboxMessage.apply(started)),
                        tables.writer().applyUpdate(session, claim.job(), started))
                .map(new ClaimResult.Granted(claim, started, delay(delays, 0), delay(delays, 1)));
    }

    private static Duration delay(@Nullable Double @Nullable [] delays, int index) {
        @Nullable Double seconds = delays == null ? null : delays[index];
        return seconds == null ? Duration.ZERO : SqlDurations.fromSeconds(seconds);
    }

    private static Claim claim(RunId run, Row claimed, Row job, StagedJob message) {
        return new Claim(
                new Attempt(run, claimed.getInteger("attempt"), claimed.getInteger("counted")),
                job.getLong("seq") - Claim.SEQUENCE_BLOCK + 1,
                job.getInteger("progress"),
                Optional.ofNullable((JsonObject) claimed.getValue("checkpoint")),
                Optional.ofNullable(claimed.getJsonObject("last_failure"))
                        .map(failure ->
                                new Claim.Failure(failure.getString("error", ""), failure.getString("worker", ""))),
                message);
    }

    /**
     * The message that the commit of the preceding stage, or a restart, stored: an older message may be delivered first. If
     * the stored message is invalid, the delivered one is used.
     */
    private static Future<StagedJob> message(String stored, StageName stage, StagedJob delivered) {
        return PayloadExecutor.execute(stored.length(), () -> {
            try {
                return MessageCodec.decodeStagedJob(stored, stage);
            } catch (InvalidMessageException invalid) {
                return delivered;
            }
        });
    }

    private Future<ClaimResult> explainRefusal(ClaimRequest request) {
        OutboxMessage redelivery = request.redelivery();
        return database.execute(
                        DEFER_MESSAGE,
                        request.run().job().value(),
                        request.run().stage().key(),
                        request.run().task(),
                        redelivery.exchange(),
                        redelivery.routingKey(),
                        redelivery.body(),
                        redelivery.headers(),
                        redelivery.messageId(),
                        redelivery.orderingKey().orElse(null))
                .compose(deferred -> deferred.size() == 0
                        ? explainUnleased(request)
                        : Future.succeededFuture(leasedElsewhere(deferred)));
    }

    private static ClaimResult leasedElsewhere(RowSet<Row> rows) {
        double seconds = rows.iterator().next().getDouble("seconds");
        return new ClaimResult.LeasedElsewhere(SqlDurations.fromSeconds(seconds));
    }

    /** Neither claimed nor leased: finished, out of date, or the lease ended between the two statements. */
    private Future<ClaimResult> explainUnleased(ClaimRequest request) {
        RunId run = request.run();
        boolean planned = run.stage().requiresPlan();
        return database.execute(
                        IS_FINISHED,
                        run.job().value(),
                        run.stage().key(),
                        run.task(),
                        precedingStages(run.stage()),
                        planned)
                .compose(rows -> (rows.size() > 0 ? rows.iterator().next().getBoolean("ended") : planned)
                        ? Future.succeededFuture(new ClaimResult.AlreadyFinished())
                        : claim(request));
    }

    /**
     * The stages before {@code stage}. While one of them is not completed, a message for {@code stage} is older than a restart of
     * the job: it was in flight when the job failed and was restarted.
     */
    private static String[] precedingStages(StageName stage) {
        return Stream.of(StageName.values())
                .filter(other -> other.compareTo(stage) < 0)
                .map(StageName::key)
                .toArray(String[]::new);
    }
}
