-- Long videos: a stage that is cut into tasks.

ALTER TABLE stage_run
    ADD COLUMN weight real NOT NULL DEFAULT 1,
    ADD COLUMN share  real NOT NULL DEFAULT 0;
COMMENT ON COLUMN stage_run.weight IS 'how much of its stage a task is, against the others';
COMMENT ON COLUMN stage_run.share IS 'how much of a task is done, 0 to 1';
COMMENT ON COLUMN stage_run.sent_at IS 'when the message that starts the run was last sent, is last due, or was last in a worker''s hands; infinity: not sent yet';
