package dev.sluice.store;

import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;
import dev.sluice.store.LostMessages.Backlog;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs that producers who know nothing of us wrote into the user's table, PENDING, and that we have not heard of: their message
 * is on its way, or lost. A job that is taken up is known from then on, as if it had been claimed.
 */
public final class PendingRows {
    private static final Logger LOG = LoggerFactory.getLogger(PendingRows.class);
    private static final Backlog NONE = new Backlog(0, 0);
    private static final String ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('sluice pending rows', 0))";

    private final Database database;
    private final UserTables tables;
    private final Function<StagedJob, OutboxMessage> first;

    /**
     * Looks in this table.
     *
     * @param first the message that starts a job
     */
    public PendingRows(Database database, UserTables tables, Function<StagedJob, OutboxMessage> first) {
        this.database = database;
        this.tables = tables;
        this.first = first;
    }

    /** How many there are; none where the table does not say what a job needs. */
    public Future<Backlog> count(Duration overdueAfter) {
        // Nobody else notices here that the table was changed: this is a look of every few minutes, without a job at
        // hand.
        return tables.readAnew(database)
                .compose(read -> tables.countOfUnseen(ClaimTransaction.seconds(overdueAfter))
                        .map(count -> database.run(count)
                                .map(rows -> backlog(rows.iterator().next())))
                        .orElseGet(() -> Future.succeededFuture(NONE)));
    }

    private static Backlog backlog(Row row) {
        return new Backlog(row.getLong("pending"), row.getLong("overdue"));
    }

    /** Takes up to {@code limit} jobs up that have been PENDING for {@code overdueAfter}, oldest first; gives their runs. */
    public Future<List<RunId>> takeUp(Duration overdueAfter, long limit) {
        return tables.unseen(ClaimTransaction.seconds(overdueAfter), (int) Math.min(LostMessages.BATCH, limit))
                .map(find -> database.transaction(session -> session.run(ALONE)
                                .compose(alone -> session.run(find))
                                .compose(rows -> each(
                                        session,
                                        StreamSupport.stream(rows.spliterator(), false)
                                                .flatMap(row -> id(row).stream())
                                                .toList()))
                                .map(Optional::of))
                        .map(taken -> taken.orElse(List.of())))
                .orElseGet(() -> Future.succeededFuture(List.of()));
    }

    private Future<List<RunId>> each(Session session, List<JobId> ids) {
        List<RunId> runs = new ArrayList<>();
        Future<Void> all = Future.succeededFuture();
        for (JobId id : ids) {
            all = all.compose(before -> tables.waiting(session, id)).compose(found -> {
                if (found.isEmpty()) {
                    return Future.succeededFuture();
                }
                RunId run = RunId.whole(id, StageName.DOWNLOAD);
                runs.add(run);
                StagedJob job = found.get();
                return Future.all(
                                ClaimTransaction.known(session, run, job.toJson()),
                                Settlement.awaited(session, run),
                                Outbox.put(session, first.apply(job)))
                        .mapEmpty();
            });
        }
        return all.map(done -> List.copyOf(runs));
    }

    private static Optional<JobId> id(Row row) {
        try {
            return Optional.of(new JobId(row.getString("id")));
        } catch (IllegalArgumentException bad) {
            LOG.atWarn().addKeyValue("error", bad.getMessage()).log("a pending job's id cannot be used");
            return Optional.empty();
        }
    }
}
