-- Quotas of users: their unfinished uploads and jobs.

CREATE INDEX upload_unfinished ON upload (owner) WHERE NOT done;

ALTER TABLE job ADD COLUMN submitted_by text;
COMMENT ON COLUMN job.submitted_by IS 'the user whose job it is, if it was created through the API';

CREATE INDEX job_unfinished ON job (submitted_by) WHERE state = 'running' AND submitted_by IS NOT NULL;
