package dev.sluice.persistence.recovery;

import dev.sluice.common.async.ParallelTasks;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.StagedJob;
import dev.sluice.message.json.InvalidMessageException;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.SqlDurations;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.db.SqlStatement;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.recovery.LostMessageRepository.Backlog;
import dev.sluice.persistence.run.ClaimTransaction;
import dev.sluice.persistence.run.RunSettlement;
import dev.sluice.persistence.usertable.PendingJobReader;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs that producers who know nothing of us wrote into the user's table, PENDING, and that we have not heard of: their message
 * is on its way, or lost. A job that is taken up is known from then on, as if it had been claimed.
 */
public final class PendingJobRepository {
    private static final Logger LOG = LoggerFactory.getLogger(PendingJobRepository.class);
    private static final Backlog NONE = new Backlog(0, 0);
    private static final String ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('sluice pending rows', 0))";

    private final Database database;
    private final PendingJobReader pendingJobs;
    private final Function<StagedJob, OutboxMessage> first;
    private final UnreadableRows refused = new UnreadableRows(LOG);
    private final AtomicBoolean supported = new AtomicBoolean(true);

    /**
     * Looks in this table.
     *
     * @param first the message that starts a job
     */
    public PendingJobRepository(Database database, UserTables tables, Function<StagedJob, OutboxMessage> first) {
        this.database = database;
        this.pendingJobs = tables.pendingJobs();
        this.first = first;
    }

    /** How many there are; none where the table does not say what a job needs, which is told of once. */
    public Future<Backlog> count(Duration overdueAfter) {
        // Nobody else notices here that the table was changed: this is a look of every few minutes, without a job at
        // hand.
        return pendingJobs
                .countUntracked(database, SqlDurations.toSeconds(overdueAfter), refused.fingerprints())
                .compose(count -> count.map(this::counted).orElseGet(this::notServed));
    }

    private Future<Backlog> counted(SqlStatement count) {
        supported.set(true);
        return database.execute(count).map(rows -> backlog(rows.iterator().next()));
    }

    private Future<Backlog> notServed() {
        if (supported.getAndSet(false)) {
            LOG.atWarn()
                    .addKeyValue("missing", pendingJobs.missingColumns())
                    .log(
                            "delivery.adoptPending does nothing: the job table lacks what a pending row would have to say");
        }
        return Future.succeededFuture(NONE);
    }

    private static Backlog backlog(Row row) {
        return new Backlog(row.getLong("pending"), row.getLong("overdue"));
    }

    /**
     * Takes up to {@code limit} jobs up that have been PENDING for {@code overdueAfter}, oldest first; gives their runs. Rows
     * that no worker could read as a message are passed over.
     */
    public Future<List<RunId>> adopt(Duration overdueAfter, long limit) {
        int max = (int) Math.min(LostMessageRepository.BATCH, limit);
        return page(overdueAfter, max)
                .compose(page -> page.runs().size() == max || !page.goesOn()
                        ? Future.succeededFuture(page.runs())
                        : adopt(overdueAfter, max - page.runs().size())
                                .map(behind -> Stream.of(page.runs(), behind)
                                        .flatMap(List::stream)
                                        .toList()));
    }

    /** A transaction for each: a table may begin with any number of rows that are no use. */
    private Future<Page> page(Duration overdueAfter, int max) {
        return pendingJobs
                .findUntracked(
                        SqlDurations.toSeconds(overdueAfter), refused.fingerprints(), LostMessageRepository.BATCH)
                .map(find -> database.transaction(session -> session.execute(ALONE)
                                .compose(alone -> session.execute(find))
                                .compose(rows -> {
                                    List<Row> found = new ArrayList<>();
                                    rows.forEach(found::add);
                                    return taken(session, found, max);
                                })
                                .map(Optional::of))
                        .map(Optional::orElseThrow))
                .orElseGet(() -> Future.succeededFuture(new Page(List.of(), false)));
    }

    private Future<Page> taken(SqlSession session, List<Row> rows, int max) {
        List<RunId> runs = new ArrayList<>();
        int refusedBefore = refused.count();
        Future<Void> all = ParallelTasks.sequentially(
                rows,
                row -> runs.size() == max
                        ? Future.succeededFuture()
                        : readable(session, row)
                                .compose(job -> job.isEmpty()
                                        ? Future.succeededFuture()
                                        : begun(session, job.get())
                                                .onSuccess(runs::add)
                                                .mapEmpty()));
        return all.map(done -> new Page(
                List.copyOf(runs), rows.size() == LostMessageRepository.BATCH && refused.count() > refusedBefore));
    }

    /** What a worker would take for a job; empty when somebody has begun with it by now, or when it is none. */
    private Future<Optional<StagedJob>> readable(SqlSession session, Row row) {
        JobId id;
        try {
            id = new JobId(row.getString("id"));
        } catch (IllegalArgumentException bad) {
            refuse(row, bad);
            return Future.succeededFuture(Optional.empty());
        }
        return pendingJobs.find(session, id).map(waiting -> {
            try {
                return waiting.map(job -> MessageCodec.decodeStagedJob(MessageCodec.encode(job), StageName.DOWNLOAD));
            } catch (InvalidMessageException invalid) {
                refuse(row, invalid);
                return Optional.empty();
            }
        });
    }

    private void refuse(Row row, RuntimeException why) {
        refused.add(row.getLong("mark"), row.getString("id"), String.valueOf(why.getMessage()));
    }

    private Future<RunId> begun(SqlSession session, StagedJob job) {
        RunId run = RunId.ofStage(job.id(), StageName.DOWNLOAD);
        return Future.all(
                        ClaimTransaction.known(session, run, job.toJson()),
                        RunSettlement.awaited(session, run),
                        Outbox.enqueue(session, first.apply(job)))
                .map(run);
    }

    /**
     * Rows that were looked at together.
     *
     * @param goesOn whether there may be others behind them that could not be seen for those that are no use
     */
    private record Page(List<RunId> runs, boolean goesOn) {}
}
