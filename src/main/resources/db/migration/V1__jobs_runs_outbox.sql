-- What Sluice knows of jobs. All times are this server's; Flyway runs this in schema sluice.

CREATE TABLE job (
    id            text PRIMARY KEY,
    message       json NOT NULL,
    stage         text NOT NULL,
    state         text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'completed', 'failed')),
    seq           bigint NOT NULL DEFAULT 0,
    progress      integer NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    error_code    text,
    error_message text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    finished_at   timestamptz
);
COMMENT ON COLUMN job.message IS 'the staged job as it is now';
COMMENT ON COLUMN job.seq IS 'the last sequence number given out; every claim takes the next 1,000,000';
COMMENT ON COLUMN job.progress IS 'percent; never falls';

CREATE TABLE stage_run (
    job_id      text NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    stage       text NOT NULL,
    task        integer NOT NULL,
    state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    attempt     integer NOT NULL DEFAULT 0,
    counted     integer NOT NULL DEFAULT 0,
    worker      text,
    lease_until timestamptz,
    result      json,
    error_code  text,
    error       text,
    history     jsonb NOT NULL DEFAULT '[]',
    started_at  timestamptz,
    finished_at timestamptz,
    PRIMARY KEY (job_id, stage, task)
);
COMMENT ON COLUMN stage_run.attempt IS 'the fencing token: rises with every claim';
COMMENT ON COLUMN stage_run.counted IS 'attempts that count; a shutdown takes its own back';
COMMENT ON COLUMN stage_run.history IS 'attempts that did not end well: attempt, worker, error_code, error, at';

CREATE TABLE outbox (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    exchange      text NOT NULL,
    routing_key   text NOT NULL,
    body          bytea NOT NULL,
    headers       json NOT NULL,
    message_id    text NOT NULL,
    ordered_by    text,
    publish_after timestamptz NOT NULL DEFAULT now(),
    failures      integer NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN outbox.ordered_by IS 'rows with the same value leave in the order of their ids';
COMMENT ON COLUMN outbox.failures IS 'how often this row could not be sent when it was sent alone';

CREATE INDEX outbox_due ON outbox (publish_after);
CREATE INDEX outbox_order ON outbox (ordered_by, id) WHERE ordered_by IS NOT NULL;
