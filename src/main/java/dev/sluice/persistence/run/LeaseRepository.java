package dev.sluice.persistence.run;

import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.persistence.db.SqlDurations;
import dev.sluice.persistence.progress.AttemptArrays;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Leases of runs. Threads: any. */
public final class LeaseRepository {
    private static final String RENEW = """
            UPDATE sluice.stage_run r SET lease_until = clock_timestamp() + make_interval(secs => $5)
              FROM unnest($1::text[], $2::text[], $3::int[], $4::int[]) WITH ORDINALITY
                   AS m (job_id, stage, task, attempt, place),
                   sluice.job j
             WHERE r.job_id = m.job_id AND r.stage = m.stage AND r.task = m.task
               AND r.attempt = m.attempt AND r.state = 'running'
               AND j.id = r.job_id AND j.state = 'running'
            RETURNING m.place
            """;
    private static final String CANCELLED = """
            SELECT id FROM sluice.job WHERE id = ANY($1) AND state = 'failed' AND error_code = $2
            """;

    private static final String SELECT_REMAINING = """
            SELECT extract(epoch FROM lease_until - clock_timestamp())::float8 AS seconds FROM sluice.stage_run
             WHERE job_id = $1 AND stage = $2 AND task = $3 AND state = 'running' AND lease_until > clock_timestamp()
            """;

    private final Database database;

    LeaseRepository(Database database) {
        this.database = database;
    }

    /** Renews the leases of {@code attempts} in one statement; returns the attempts that still own their run. */
    public Future<Set<Attempt>> renew(Collection<Attempt> attempts, Duration lease) {
        if (attempts.isEmpty()) {
            return Future.succeededFuture(Set.of());
        }
        List<Attempt> distinct = attempts.stream().distinct().toList();
        AttemptArrays columns = new AttemptArrays(distinct);
        return database.execute(
                        RENEW,
                        columns.jobs(),
                        columns.stages(),
                        columns.tasks(),
                        columns.tokens(),
                        SqlDurations.toSeconds(lease))
                .map(rows -> Rows.stream(rows)
                        .map(row -> distinct.get(row.getInteger("place") - 1))
                        .collect(Collectors.toUnmodifiableSet()));
    }

    /** How long the current lease of a run lasts unless it is renewed; zero without a lease. */
    public Future<Duration> remaining(RunId run) {
        return database.execute(SELECT_REMAINING, run.job().value(), run.stage().key(), run.task())
                .map(rows -> rows.size() == 0
                        ? Duration.ZERO
                        : Duration.ofMillis(
                                (long) Math.ceil(rows.iterator().next().getDouble("seconds") * 1000)));
    }

    /** Those of {@code jobs} that are cancelled. */
    public Future<Set<JobId>> findCancelled(Collection<JobId> jobs) {
        String[] ids = jobs.stream().map(JobId::value).toArray(String[]::new);
        return database.execute(CANCELLED, ids, ErrorCode.CANCELLED.wire())
                .map(rows -> Rows.stream(rows)
                        .map(row -> new JobId(row.getString("id")))
                        .collect(Collectors.toUnmodifiableSet()));
    }
}
