package dev.sluice.persistence.run;

import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.persistence.db.SqlSession;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;

/** Inserts the rows of jobs and of their runs. */
public final class JobRegistration {
    private static final String INSERT_JOB = """
            INSERT INTO sluice.job (id, message, stage, file_name) VALUES ($1, $2::text::json, $3, $4) ON CONFLICT (id) DO NOTHING
            """;
    private static final String INSERT_RUN = """
            INSERT INTO sluice.stage_run (job_id, stage, task) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
            """;

    private JobRegistration() {}

    /**
     * Inserts the job of this run, unless it exists.
     *
     * @param message the staged job as JSON; as text, because the driver would encode an object on the event loop
     */
    public static Future<RowSet<Row>> insertJob(SqlSession session, RunId run, String message) {
        JobId job = run.job();
        return session.execute(INSERT_JOB, job.value(), message, run.stage().key(), job.pathSegment());
    }

    /** Inserts this run as waiting, unless it exists: from now on its message is resent if it is lost. */
    public static Future<RowSet<Row>> insertRun(SqlSession session, RunId run) {
        return session.execute(INSERT_RUN, run.job().value(), run.stage().key(), run.task());
    }
}
