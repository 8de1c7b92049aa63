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
import dev.sluice.persistence.run.JobRegistration;
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
 * Adopts pending jobs: rows with status PENDING that a producer wrote into the user's table and whose message no worker
 * has received. The message is in transit or lost. An adopted job is recorded as if it had been claimed.
 */
public final class PendingJobRepository {
    private static final Logger LOG = LoggerFactory.getLogger(PendingJobRepository.class);
    private static final Backlog NONE = new Backlog(0, 0);
    private static final String LOCK_PENDING_ROWS =
            "SELECT pg_advisory_xact_lock(hashtextextended('sluice pending rows', 0))";

    private final Database database;
    private final PendingJobReader pendingJobs;
    private final Function<StagedJob, OutboxMessage> first;
    private final UnreadableRows refused = new UnreadableRows(LOG);
    private final AtomicBoolean supported = new AtomicBoolean(true);

    /**
     * Creates a repository on the job table of {@code tables}.
     *
     * @param first builds the message that starts a job
     */
    public PendingJobRepository(Database database, UserTables tables, Function<StagedJob, OutboxMessage> first) {
        this.database = database;
        this.pendingJobs = tables.pendingJobs();
        this.first = first;
    }

    /** Counts the pending jobs; none if the table lacks a column that a job requires, which is logged once. */
    public Future<Backlog> count(Duration overdueAfter) {
        // Reads the columns again: without a job, no other statement detects that the table was changed. This check
        // runs only every few minutes.
        return pendingJobs
                .countUntracked(database, SqlDurations.toSeconds(overdueAfter), refused.fingerprints())
                .compose(count -> count.map(this::counted).orElseGet(this::logUnsupported));
    }

    private Future<Backlog> counted(SqlStatement count) {
        supported.set(true);
        return database.execute(count).map(rows -> backlog(rows.iterator().next()));
    }

    private Future<Backlog> logUnsupported() {
        if (supported.getAndSet(false)) {
            LOG.atWarn()
                    .addKeyValue("missing", pendingJobs.missingColumns())
                    .log("delivery.adoptPending has no effect: the job table lacks required columns");
        }
        return Future.succeededFuture(NONE);
    }

    private static Backlog backlog(Row row) {
        return new Backlog(row.getLong("pending"), row.getLong("overdue"));
    }

    /**
     * Adopts up to {@code limit} jobs that have been PENDING for {@code overdueAfter}, oldest first, and returns their
     * runs. Rows that cannot be decoded as a message are skipped.
     */
    public Future<List<RunId>> adopt(Duration overdueAfter, long limit) {
        int max = (int) Math.min(LostMessageRepository.BATCH, limit);
        return page(overdueAfter, max)
                .compose(page -> page.runs().size() == max || !page.hasMore()
                        ? Future.succeededFuture(page.runs())
                        : adopt(overdueAfter, max - page.runs().size())
                                .map(later -> Stream.of(page.runs(), later)
                                        .flatMap(List::stream)
                                        .toList()));
    }

    /** Reads one page per transaction: a table may begin with any number of invalid rows. */
    private Future<Page> page(Duration overdueAfter, int max) {
        return pendingJobs
                .findUntracked(
                        SqlDurations.toSeconds(overdueAfter), refused.fingerprints(), LostMessageRepository.BATCH)
                .map(find -> database.transaction(session -> session.execute(LOCK_PENDING_ROWS)
                                .compose(locked -> session.execute(find))
                                .compose(rows -> {
                                    List<Row> found = new ArrayList<>();
                                    rows.forEach(found::add);
                                    return adopt(session, found, max);
                                })
                                .map(Optional::of))
                        .map(Optional::orElseThrow))
                .orElseGet(() -> Future.succeededFuture(new Page(List.of(), false)));
    }

    private Future<Page> adopt(SqlSession session, List<Row> rows, int max) {
        List<RunId> runs = new ArrayList<>();
        int refusedBefore = refused.count();
        Future<Void> all = ParallelTasks.sequentially(
                rows,
                row -> runs.size() == max
                        ? Future.succeededFuture()
                        : decode(session, row)
                                .compose(job -> job.isEmpty()
                                        ? Future.succeededFuture()
                                        : register(session, job.get())
                                                .onSuccess(runs::add)
                                                .mapEmpty()));
        return all.map(done -> new Page(
                List.copyOf(runs), rows.size() == LostMessageRepository.BATCH && refused.count() > refusedBefore));
    }

    /** Decodes a row as a worker would; empty if its job has been started in the meantime, or if it is invalid. */
    private Future<Optional<StagedJob>> decode(SqlSession session, Row row) {
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

    private Future<RunId> register(SqlSession session, StagedJob job) {
        RunId run = RunId.ofStage(job.id(), StageName.DOWNLOAD);
        return Future.all(
                        JobRegistration.insertJob(session, run, job.encode()),
                        JobRegistration.insertRun(session, run),
                        Outbox.enqueue(session, first.apply(job)))
                .map(run);
    }

    /**
     * Result of one page of rows.
     *
     * @param hasMore whether valid rows may follow that were not read because of invalid rows
     */
    private record Page(List<RunId> runs, boolean hasMore) {}
}
