-- Which jobs are about the same medium: they write the same keys. Generated, so that hosts of an older version fill it too.

ALTER TABLE job ADD COLUMN media_id text GENERATED ALWAYS AS (message ->> 'mediaId') STORED;
COMMENT ON COLUMN job.media_id IS 'of the message';
CREATE INDEX job_media_id ON job (media_id);

-- Failed jobs that had begun to publish: a handful, until somebody has removed what they published.
CREATE INDEX stage_run_half ON stage_run (finished_at) WHERE state = 'failed' AND checkpoint IS NOT NULL;
