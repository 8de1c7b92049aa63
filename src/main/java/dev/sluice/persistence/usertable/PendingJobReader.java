package dev.sluice.persistence.usertable;

import dev.sluice.job.JobId;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.SqlSession;
import dev.sluice.persistence.db.SqlStatement;
import io.vertx.core.Future;
import java.util.Optional;

/** Finds pending jobs in the user's job table: rows written by the producer whose message was never received. */
public final class PendingJobReader {
    private final UserTableCatalog catalog;

    PendingJobReader(UserTableCatalog catalog) {
        this.catalog = catalog;
    }

    /** As {@link UserTable#countUntracked}; reads the columns again first, because the owner may have changed them. */
    public Future<Optional<SqlStatement>> countUntracked(
            Database database, double overdueSeconds, Long[] excludedFingerprints) {
        return catalog.reload(database)
                .map(read -> catalog.jobTable()
                        .flatMap(table -> table.countUntracked(overdueSeconds, excludedFingerprints)));
    }

    /** As {@link UserTable#missingColumns}; "the table" if it does not exist. */
    public String missingColumns() {
        return catalog.jobTable()
                .map(table -> String.join(", ", table.missingColumns()))
                .orElse("the table");
    }

    /** As {@link UserTable#findUntracked}. */
    public Optional<SqlStatement> findUntracked(double overdueSeconds, Long[] excludedFingerprints, int limit) {
        return catalog.jobTable().flatMap(table -> table.findUntracked(overdueSeconds, excludedFingerprints, limit));
    }

    /** The job of a row that waits for its first worker, valid or not; empty if there is none. */
    public Future<Optional<StagedJob>> find(SqlSession session, JobId id) {
        return catalog.jobTable()
                .flatMap(table -> table.select(id.value(), UserTableMapping.PENDING_JOB_COLUMNS))
                .map(session::execute)
                .map(found -> found.map(rows -> rows.size() == 0
                        ? Optional.<StagedJob>empty()
                        : UserTableMapping.pendingJob(id, rows.iterator().next().toJson())))
                .orElseGet(() -> Future.succeededFuture(Optional.empty()));
    }
}
