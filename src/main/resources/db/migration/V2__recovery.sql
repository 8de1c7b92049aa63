-- What it takes to go on after a crash: where a run had got to, when its message was sent, and whose files are whose.

ALTER TABLE job ADD COLUMN file_name text;
COMMENT ON COLUMN job.file_name IS 'what the job''s directory and its objects in the staging prefix are called';
CREATE INDEX job_file_name ON job (file_name);

ALTER TABLE stage_run
    ADD COLUMN sent_at    timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN checkpoint json;
COMMENT ON COLUMN stage_run.sent_at IS 'when the message that starts the run was last sent, is last due, or was last in a worker''s hands';
COMMENT ON COLUMN stage_run.checkpoint IS 'what an attempt left for the next one, so that it need not do all of it again';

CREATE INDEX stage_run_open ON stage_run (sent_at) WHERE state IN ('waiting', 'running');
