-- The distance between the last two updates of a job, and the rows that a late write of a backend set back.

ALTER TABLE outbox ADD COLUMN is_final boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN outbox.is_final IS 'the final update of a job: published a minimum time after the update before it';

CREATE TABLE published_update (
    job_id       text PRIMARY KEY,
    published_at timestamptz NOT NULL,
    final_update bytea
);
COMMENT ON TABLE published_update IS 'the last published update of a job, until its user-table rows are checked after its end';
COMMENT ON COLUMN published_update.final_update IS 'the body of the final update; null: the job has not ended';

-- Not on published_at: progress changes it, and an index on it would need an entry for each change.
CREATE INDEX published_update_final ON published_update (job_id) WHERE final_update IS NOT NULL;
