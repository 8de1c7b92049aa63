package dev.sluice.store;

import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What a host says about all its running attempts at once. */
final class Leases {
    private static final String RENEW = """
            UPDATE sluice.stage_run r SET lease_until = clock_timestamp() + make_interval(secs => $5)
              FROM unnest($1::text[], $2::text[], $3::int[], $4::int[]) WITH ORDINALITY
                   AS mine (job_id, stage, task, attempt, place),
                   sluice.job j
             WHERE r.job_id = mine.job_id AND r.stage = mine.stage AND r.task = mine.task
               AND r.attempt = mine.attempt AND r.state = 'running'
               AND j.id = r.job_id AND j.state = 'running'
            RETURNING mine.place
            """;
    // The rows are locked in one order on every host: two hosts may report runs of the same jobs.
    private static final String PROGRESS = """
            WITH mine AS (
                SELECT r.job_id, m.progress, m.place
                  FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::int[]) WITH ORDINALITY
                       AS m (job_id, stage, task, attempt, progress, place)
                  JOIN sluice.stage_run r ON r.job_id = m.job_id AND r.stage = m.stage AND r.task = m.task
                   AND r.attempt = m.attempt AND r.state = 'running'),
            locked AS (
                SELECT j.id FROM sluice.job j
                 WHERE j.id IN (SELECT job_id FROM mine) AND j.state = 'running' ORDER BY j.id FOR UPDATE),
            raised AS (
                UPDATE sluice.job j
                   SET progress = greatest(j.progress, (SELECT max(m.progress) FROM mine m WHERE m.job_id = j.id)),
                       updated_at = clock_timestamp()
                  FROM locked WHERE j.id = locked.id
                RETURNING j.id, j.progress)
            SELECT mine.place, raised.progress FROM mine JOIN raised ON raised.id = mine.job_id ORDER BY mine.place
            """;

    private static final String CANCELLED = """
            SELECT id FROM sluice.job WHERE id = ANY($1) AND state = 'failed' AND error_code = $2
            """;

    private static final String LEFT = """
            SELECT extract(epoch FROM lease_until - clock_timestamp())::float8 AS seconds FROM sluice.stage_run
             WHERE job_id = $1 AND stage = $2 AND task = $3 AND state = 'running' AND lease_until > clock_timestamp()
            """;

    private final Database database;

    Leases(Database database) {
        this.database = database;
    }

    Future<Set<Attempt>> renew(Collection<Attempt> attempts, Duration lease) {
        if (attempts.isEmpty()) {
            return Future.succeededFuture(Set.of());
        }
        List<Attempt> asked = attempts.stream().distinct().toList();
        return database.run(
                        RENEW, jobs(asked), stages(asked), tasks(asked), tokens(asked), ClaimTransaction.seconds(lease))
                .map(rows -> stream(rows)
                        .map(row -> asked.get(row.getInteger("place") - 1))
                        .collect(Collectors.toUnmodifiableSet()));
    }

    Future<Duration> left(RunId run) {
        return database.run(LEFT, run.job().value(), run.stage().key(), run.task())
                .map(rows -> rows.size() == 0
                        ? Duration.ZERO
                        : Duration.ofMillis(
                                (long) Math.ceil(rows.iterator().next().getDouble("seconds") * 1000)));
    }

    Future<List<Tick>> recordProgress(List<Tick> ticks) {
        if (ticks.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        Map<Attempt, Integer> highest = new LinkedHashMap<>();
        ticks.forEach(tick -> highest.merge(tick.attempt(), tick.progress(), Math::max));
        List<Attempt> asked = List.copyOf(highest.keySet());
        Integer[] values = highest.values().toArray(Integer[]::new);
        return database.run(PROGRESS, jobs(asked), stages(asked), tasks(asked), tokens(asked), values)
                .map(rows -> stream(rows)
                        .map(row -> new Tick(asked.get(row.getInteger("place") - 1), row.getInteger("progress")))
                        .toList());
    }

    Future<Set<JobId>> cancelledAmong(Collection<JobId> jobs) {
        String[] ids = jobs.stream().map(JobId::value).toArray(String[]::new);
        return database.run(CANCELLED, ids, ErrorCode.CANCELLED.wire())
                .map(rows -> stream(rows)
                        .map(row -> new JobId(row.getString("id")))
                        .collect(Collectors.toUnmodifiableSet()));
    }

    private static Stream<Row> stream(RowSet<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false);
    }

    private static String[] jobs(List<Attempt> attempts) {
        return texts(attempts, attempt -> attempt.run().job().value());
    }

    private static String[] stages(List<Attempt> attempts) {
        return texts(attempts, attempt -> attempt.run().stage().key());
    }

    private static Integer[] tasks(List<Attempt> attempts) {
        return numbers(attempts, attempt -> attempt.run().task());
    }

    private static Integer[] tokens(List<Attempt> attempts) {
        return numbers(attempts, Attempt::token);
    }

    private static String[] texts(List<Attempt> attempts, Function<Attempt, String> part) {
        return attempts.stream().map(part).toArray(String[]::new);
    }

    private static Integer[] numbers(List<Attempt> attempts, Function<Attempt, Integer> part) {
        return attempts.stream().map(part).toArray(Integer[]::new);
    }
}
