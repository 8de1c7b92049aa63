-- Webhooks of the backend half: one row for each end of a job and each receiver of it.

CREATE TABLE webhook_delivery (
    id         uuid PRIMARY KEY,
    job_id     text NOT NULL,
    event      text NOT NULL,
    url        text NOT NULL,
    origin     text NOT NULL,
    payload    json,
    state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'given_up')),
    tries      integer NOT NULL DEFAULT 0,
    error      text,
    due_at     timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at   timestamptz
);
COMMENT ON COLUMN webhook_delivery.id IS 'made of job, event, number of the update and url, so that one delivery has one row';
COMMENT ON COLUMN webhook_delivery.origin IS 'scheme, host and port of the url: receivers that are served side by side';
COMMENT ON COLUMN webhook_delivery.payload IS 'what is sent but for id and event; gone once that is over';
COMMENT ON COLUMN webhook_delivery.due_at IS 'when it may be taken; who takes it puts it off for as long as a try can last';

CREATE INDEX webhook_due ON webhook_delivery (origin, due_at) WHERE state = 'waiting';
CREATE INDEX webhook_ended ON webhook_delivery (ended_at) WHERE state <> 'waiting';

CREATE TABLE job_webhook (
    job_id text NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    url    text NOT NULL,
    origin text NOT NULL,
    PRIMARY KEY (job_id, url)
);
COMMENT ON TABLE job_webhook IS 'receivers that were named with a job';
