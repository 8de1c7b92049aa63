package dev.sluice.persistence.job;

import dev.sluice.common.async.PayloadExecutor;
import dev.sluice.job.JobId;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.persistence.db.SqlStatement;
import dev.sluice.persistence.usertable.MediaOwnership;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads jobs for the API, including jobs that exist only in the user's job table because no worker received them. */
public final class JobQueryRepository {
    private static final String STATE = """
            CASE WHEN state = 'failed' AND error_code = 'cancelled' THEN 'cancelled'
                 WHEN state <> 'running' THEN state
                 WHEN EXISTS (SELECT FROM sluice.stage_run r WHERE r.job_id = job.id AND r.state = 'running'
                                 AND r.lease_until > clock_timestamp()) THEN 'running'
                 ELSE 'waiting' END
            """;
    private static final String COLUMNS = """
            stage, state, seq, progress, error_code, error_message, media_id, cost,
                   created_at, updated_at, finished_at,
                   state = 'running' AND EXISTS (SELECT FROM sluice.stage_run r
                        WHERE r.job_id = job.id AND r.stage = job.stage AND r.state = 'done') AS stage_done,
                   state = 'running' AND EXISTS (SELECT FROM sluice.stage_run r
                        WHERE r.job_id = job.id AND r.stage = 'segment') AS segmented,
            """ + STATE + " AS job_state FROM sluice.job ";
    private static final String WHOLE = "SELECT job.id, message::text AS message, " + COLUMNS;
    private static final String JOB = WHOLE + " WHERE id = $1";
    private static final String NEWEST = WHOLE + " WHERE media_id = $1 ORDER BY created_at DESC LIMIT 1";
    // A page has only the fields of messages that a summary needs: a message may have 1 MiB.
    private static final String PAGE = """
            SELECT job.id, json_build_object('id', m.id, 'mediaId', m."mediaId",
                   'userId', coalesce(to_json(%s), m."userId"), 's3Key', m."s3Key",
                   'originalFilename', m."originalFilename", 'localVideoPath', m."localVideoPath",
                   'answerForm', m."answerForm")::text AS message,
            """ + COLUMNS + """
             CROSS JOIN LATERAL json_to_record(message) AS m (id json, "mediaId" json, "userId" json, "s3Key" json,
                   "originalFilename" json, "localVideoPath" json, "answerForm" json)
             WHERE %s AND ($1::text IS NULL OR media_id = $1)
               AND ($2::text IS NULL OR CASE WHEN state <> 'running' THEN upper(state)
                                             WHEN seq = 0 THEN 'PENDING' ELSE 'PROCESSING' END = $2)
               AND ($3::timestamptz IS NULL OR (created_at, job.id) < ($3, $4))
               AND ($6::text IS NULL OR $6 =
            """ + STATE + ") ORDER BY created_at DESC, job.id DESC LIMIT $5";
    private static final String MEDIA_ID = "job.media_id";
    private static final String WORKER_LOADS = """
            SELECT worker, stage, count(*) AS running FROM sluice.stage_run
             WHERE state = 'running' AND lease_until > clock_timestamp() AND worker IS NOT NULL
             GROUP BY worker, stage ORDER BY worker, stage
            """;

    private final Database database;
    private final UserTables tables;

    public JobQueryRepository(Database database, UserTables tables) {
        this.database = database;
        this.tables = tables;
    }

    /** A job; empty if neither table contains it. Its owner is that of its media item, where this has one. */
    public Future<Optional<JobDetails>> job(JobId id) {
        var tracked = database.execute(JOB, id.value());
        var row = tables.jobRow(database, id);
        var runs = new RunStatusRepository(database).findByJob(id);
        return Future.all(tracked, row, runs)
                .compose(all -> details(id, first(tracked.result()), row.result(), runs.result()))
                .compose(found -> found.flatMap(job -> job.source().mediaId())
                        .map(mediaId -> media(mediaId)
                                .map(media -> found.map(job -> media.flatMap(MediaRecord::owner)
                                        .map(job::withOwner)
                                        .orElse(job))))
                        .orElseGet(() -> Future.succeededFuture(found)));
    }

    /** The owner of a job, as in {@link #job}. */
    public Future<Optional<String>> owner(JobId id) {
        return tables.withOwners(
                        database,
                        owners -> new SqlStatement(
                                "SELECT " + owners.ownerOf(MEDIA_ID) + " AS owner FROM sluice.job WHERE id = $1",
                                List.of(id.value())))
                .compose(rows -> first(rows)
                        .flatMap(row -> Optional.ofNullable(row.getString("owner")))
                        .map(owner -> Future.succeededFuture(Optional.of(owner)))
                        .orElseGet(() -> job(id).map(found ->
                                found.flatMap(details -> details.source().userId()))));
    }

    /** The newest job of a media item. */
    public Future<Optional<JobDetails>> latestOfMedia(String mediaId) {
        var tracked = database.execute(NEWEST, mediaId);
        var row = tables.newestJobRow(database, mediaId);
        return Future.all(tracked, row)
                .compose(both -> row.result()
                        .map(found -> found.getString("id"))
                        .or(() -> first(tracked.result()).map(found -> found.getString("id")))
                        .map(JobId::new)
                        .map(this::job)
                        .orElseGet(() -> Future.succeededFuture(Optional.empty())));
    }

    /** A media item. Its ID may be spelled otherwise: a column of type uuid accepts several spellings. */
    public Future<Optional<MediaRecord>> media(String mediaId) {
        return tables.mediaRow(database, mediaId).map(found -> found.map(MediaRecord::of));
    }

    /**
     * The jobs in the job table of Sluice, newest first, without their runs, outputs, warnings and metadata. The owner of a job is
     * as in {@link #job}.
     */
    public Future<List<JobDetails>> list(JobQuery query) {
        List<@Nullable Object> parameters = new ArrayList<>();
        parameters.add(query.mediaId().orElse(null));
        parameters.add(query.status().orElse(null));
        parameters.add(query.after().map(JobQuery.Cursor::created).orElse(null));
        parameters.add(query.after().map(JobQuery.Cursor::id).orElse(null));
        parameters.add(query.limit());
        parameters.add(query.state().orElse(null));
        query.userId().ifPresent(parameters::add);
        return tables.withOwners(
                        database,
                        owners -> new SqlStatement(
                                query.userId().isPresent() ? pageOfUser(owners) : page(owners, "true"), parameters))
                .map(rows -> Rows.stream(rows)
                        .map(row -> JobStatusResolver.of(Optional.of(row), Optional.empty())
                                .details(new JobId(row.getString("id")), List.of()))
                        .toList());
    }

    /** Why a job waits, and how many runs are before it; empty if it has no open run. */
    public Future<Optional<WaitingReason>> waitingReason(JobId id) {
        return new RunStatusRepository(database)
                .waitingReasons(List.of(id), true)
                .map(reasons -> Optional.ofNullable(reasons.get(id)));
    }

    /** Why jobs wait, without the number of runs before them; jobs without an open run are missing. */
    public Future<Map<JobId, WaitingReason>> waitingReasons(List<JobId> ids) {
        return new RunStatusRepository(database).waitingReasons(ids, false);
    }

    private static String page(MediaOwnership owners, String condition) {
        return String.format(PAGE, owners.ownerOf(MEDIA_ID), condition);
    }

    /** Jobs created for the user, and jobs of media items that another user had; each part by its own index. */
    private static String pageOfUser(MediaOwnership owners) {
        String own = "message ->> 'userId' = $7 AND coalesce(" + owners.ownerOf(MEDIA_ID) + ", $7) = $7";
        String acquired =
                "message ->> 'userId' IS DISTINCT FROM $7 AND " + MEDIA_ID + " IN " + owners.ownedBy("$7::text");
        return "SELECT * FROM ((" + page(owners, own) + ") UNION ALL (" + page(owners, acquired)
                + ")) AS jobs ORDER BY created_at DESC, id DESC LIMIT $5";
    }

    /** The cursor of the page after this job. */
    public Future<Optional<JobQuery.Cursor>> cursorOf(JobId id) {
        return database.execute("SELECT created_at FROM sluice.job WHERE id = $1", id.value())
                .map(rows ->
                        first(rows).map(row -> new JobQuery.Cursor(row.getOffsetDateTime("created_at"), id.value())));
    }

    /** The runs in progress of each worker and stage. */
    public Future<List<WorkerLoad>> workerLoads() {
        return database.execute(WORKER_LOADS)
                .map(rows -> Rows.stream(rows)
                        .map(row ->
                                new WorkerLoad(row.getString("worker"), row.getString("stage"), row.getLong("running")))
                        .toList());
    }

    /** Fails if the database does not respond. */
    public Future<Void> ping() {
        return database.execute("SELECT 1").mapEmpty();
    }

    private static Future<Optional<JobDetails>> details(
            JobId id, Optional<Row> tracked, Optional<JsonObject> users, List<RunStatus> runs) {
        return tracked.isEmpty() && users.isEmpty()
                ? Future.succeededFuture(Optional.empty())
                : PayloadExecutor.execute(
                        JobStatusResolver.size(tracked, users),
                        () -> Optional.of(JobStatusResolver.of(tracked, users).details(id, runs)));
    }

    private static Optional<Row> first(RowSet<Row> rows) {
        return Rows.stream(rows).findFirst();
    }
}
