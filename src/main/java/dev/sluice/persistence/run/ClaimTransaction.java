package dev.sluice.persistence.run;

import dev.sluice.job.Attempt;
import dev.sluice.job.JobId;
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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims a run, or finds out why it can't be had. */
public final class ClaimTransaction {
    private static final Logger LOG = LoggerFactory.getLogger(ClaimTransaction.class);
    private static final String INSERT_JOB = """
            INSERT INTO sluice.job (id, message, stage, file_name) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING
            """;
    private static final String CLAIM_RUN =
            """
            UPDATE sluice.stage_run
               SET history =
            """ + FailedAttempt.appendIfRunningSql("'lease_lost'", "'The worker went silent.'", "lease_until") + """
                 , state = 'running', attempt = attempt + 1, counted = counted + 1, worker = $4,
                   lease_until = clock_timestamp() + make_interval(secs => $5),
                   started_at = clock_timestamp(), finished_at = NULL, sent_at = clock_timestamp()
             WHERE job_id = $1 AND stage = $2 AND task = $3
               AND (state = 'waiting' OR state = 'running' AND lease_until < clock_timestamp())
               AND NOT EXISTS (SELECT FROM sluice.stage_run earlier
                                 WHERE earlier.job_id = $1 AND earlier.stage = ANY($6) AND earlier.state <> 'done')
            RETURNING attempt, counted, checkpoint, started_at
            """;
    private static final String CLAIM_JOB = """
            UPDATE sluice.job
               SET stage = $2, progress = greatest(progress, $3), seq = seq + $4,
                   updated_at = clock_timestamp()
             WHERE id = $1 AND state = 'running'
            RETURNING seq, progress, message
            """;
    private static final String DEFER_MESSAGE = """
            WITH held AS (
                UPDATE sluice.stage_run r SET sent_at = r.lease_until
                  FROM sluice.job j
                 WHERE j.id = r.job_id AND r.job_id = $1 AND r.stage = $2 AND r.task = $3 AND j.state = 'running'
                   AND r.state = 'running' AND r.lease_until >= clock_timestamp()
                RETURNING r.lease_until)
            INSERT INTO sluice.outbox (exchange, routing_key, body, headers, message_id, ordered_by, publish_after)
            SELECT $4::text, $5::text, $6::bytea, $7::json, $8::text, $9::text, lease_until FROM held
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
    private final Function<JobUpdate, OutboxMessage> route;

    ClaimTransaction(Database database, UserTables tables, Function<JobUpdate, OutboxMessage> route) {
        this.database = database;
        this.tables = tables;
        this.route = route;
    }

    Future<ClaimResult> claim(ClaimRequest request) {
        AtomicReference<UnconfirmedClaim> taken = new AtomicReference<>();
        return database.batchedTransaction(
                        "claim", request.run().job().value(), session -> take(session, request, taken))
                .recover(cause -> revoke(taken.get(), cause))
                .compose(granted -> granted.isPresent()
                        ? Future.succeededFuture(new ClaimResult.Granted(granted.get()))
                        : explainRefusal(request));
    }

    /** A delivery that goes back to its queue is to find the run as it was. */
    private Future<Optional<Claim>> revoke(@Nullable UnconfirmedClaim unconfirmed, Throwable cause) {
        return unconfirmed == null
                ? Future.failedFuture(cause)
                : unconfirmed
                        .revoke(database)
                        .onFailure(unanswered -> LOG.atWarn()
                                .addKeyValue("jobId", unconfirmed.run().job())
                                .addKeyValue("stage", unconfirmed.run().stage().key())
                                .addKeyValue("error", String.valueOf(unanswered.getMessage()))
                                .log("nobody knows whether a run is claimed, its attempt may count"))
                        .transform(done -> Future.failedFuture(cause));
    }

    private Future<Optional<Claim>> take(
            SqlSession session, ClaimRequest request, AtomicReference<UnconfirmedClaim> taken) {
        RunId run = request.run();
        String job = run.job().value();
        String stage = run.stage().key();
        var message = request.job().toJson();
        // What is planned is known, or it is of a plan that was given up.
        Future<?> known = run.stage().requiresPlan()
                ? Future.succeededFuture()
                : Future.all(known(session, run, message), RunSettlement.awaited(session, run));
        Future<RowSet<Row>> takenRun = session.execute(
                CLAIM_RUN,
                job,
                stage,
                run.task(),
                request.worker(),
                SqlDurations.toSeconds(request.lease()),
                precedingStages(run.stage()));
        Future<RowSet<Row>> takenJob =
                session.execute(CLAIM_JOB, job, stage, run.stage().startProgress(), Claim.SEQUENCE_BLOCK);
        return Future.all(known, takenRun, takenJob).compose(all -> {
            if (takenRun.result().size() == 0 || takenJob.result().size() == 0) {
                return Future.succeededFuture(Optional.empty());
            }
            Row row = takenRun.result().iterator().next();
            taken.set(new UnconfirmedClaim(
                    run, request.worker(), row.getInteger("attempt"), row.getOffsetDateTime("started_at")));
            Claim claim = claim(run, row, takenJob.result().iterator().next(), request.job());
            return announced(session, request, claim).map(Optional.of(claim));
        });
    }

    /** Makes the job known if it is not. */
    public static Future<RowSet<Row>> known(SqlSession session, RunId run, JsonObject message) {
        JobId job = run.job();
        return session.execute(INSERT_JOB, job.value(), message, run.stage().key(), job.pathSegment());
    }

    private Future<Void> announced(SqlSession session, ClaimRequest request, Claim claim) {
        JobUpdate update = request.startedUpdate().apply(claim);
        return Future.all(
                        Outbox.enqueue(session, route.apply(update)),
                        tables.writer().applyUpdate(session, claim.job(), update))
                .mapEmpty();
    }

    private static Claim claim(RunId run, Row taken, Row job, StagedJob delivered) {
        return new Claim(
                new Attempt(run, taken.getInteger("attempt"), taken.getInteger("counted")),
                job.getLong("seq") - Claim.SEQUENCE_BLOCK + 1,
                job.getInteger("progress"),
                Optional.ofNullable((JsonObject) taken.getValue("checkpoint")),
                message(job, run.stage(), delivered));
    }

    /**
     * The message that the commit before this stage, or a restart, wrote down: one that was sent before that may still come
     * first. What cannot be read there is no better than what was delivered.
     */
    private static StagedJob message(Row job, StageName stage, StagedJob delivered) {
        try {
            return MessageCodec.decodeStagedJob((JsonObject) job.getValue("message"), stage);
        } catch (InvalidMessageException invalid) {
            return delivered;
        }
    }

    private Future<ClaimResult> explainRefusal(ClaimRequest request) {
        OutboxMessage again = request.redelivery();
        return database.execute(
                        DEFER_MESSAGE,
                        request.run().job().value(),
                        request.run().stage().key(),
                        request.run().task(),
                        again.exchange(),
                        again.routingKey(),
                        again.body(),
                        again.headers(),
                        again.messageId(),
                        again.orderingKey().orElse(null))
                .compose(held -> held.size() == 0 ? ended(request) : Future.succeededFuture(held(held)));
    }

    private static ClaimResult held(RowSet<Row> rows) {
        double seconds = rows.iterator().next().getDouble("seconds");
        return new ClaimResult.LeasedElsewhere(SqlDurations.fromSeconds(seconds));
    }

    /** Neither claimed nor held: ended, out of date, or its lease ended between the two looks. */
    private Future<ClaimResult> ended(ClaimRequest request) {
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
     * The stages before this one. While one of them has to run first, a message for this stage is of an earlier life of the
     * job: it was under way when the job failed and was started again.
     */
    private static String[] precedingStages(StageName stage) {
        return Stream.of(StageName.values())
                .filter(other -> other.compareTo(stage) < 0)
                .map(StageName::key)
                .toArray(String[]::new);
    }
}
