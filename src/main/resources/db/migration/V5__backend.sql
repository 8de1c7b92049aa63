-- What the backend half needs: how far reports of other workers were applied, and pages of jobs.

CREATE TABLE applied_report (
    job_id     text PRIMARY KEY,
    ordinal    bigint NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE applied_report IS 'the newest update from a worker that is none of ours, by job';
COMMENT ON COLUMN applied_report.ordinal IS 'its seq, or its time in milliseconds where it has none';

CREATE INDEX job_created_at ON job (created_at, id);
CREATE INDEX job_user_id ON job ((message ->> 'userId'), created_at, id);
