-- The worker registry, commands to workers, and paused stages.

CREATE TABLE worker (
    id               text PRIMARY KEY,
    host             text NOT NULL,
    version          text NOT NULL,
    started_at       timestamptz NOT NULL,
    seen_at          timestamptz NOT NULL DEFAULT now(),
    draining         boolean NOT NULL DEFAULT false,
    verticles        jsonb NOT NULL,
    config_digest    text NOT NULL,
    config_loaded_at timestamptz NOT NULL,
    config_error     text
);
COMMENT ON TABLE worker IS 'every running process; a process that stops removes its row';
COMMENT ON COLUMN worker.seen_at IS 'last refresh; an old one: the process is lost';
COMMENT ON COLUMN worker.verticles IS 'array of name, instances, concurrency, inUse and state';
COMMENT ON COLUMN worker.config_error IS 'why the current configuration file is not in force; null: it is';

CREATE TABLE command (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    worker       text NOT NULL,
    action       text NOT NULL,
    arguments    jsonb NOT NULL,
    requested_by text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    result       text
);
COMMENT ON TABLE command IS 'commands to workers; each worker executes its own in the order of their IDs';
COMMENT ON COLUMN command.expires_at IS 'not started after this time; deleted a day later';

CREATE INDEX command_waiting ON command (worker, id) WHERE state = 'waiting';

CREATE TABLE paused_stage (
    stage     text PRIMARY KEY,
    paused_by text NOT NULL,
    paused_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE paused_stage IS 'stages that no worker consumes, including workers that start later';
