-- Uploads that take more than one request: resumable ones, and those that go straight to the store.

CREATE TABLE upload (
    id           text PRIMARY KEY,
    owner        text NOT NULL,
    media_id     text NOT NULL,
    s3_key       text NOT NULL,
    file_name    text NOT NULL,
    job_id       text NOT NULL,
    bytes        bigint NOT NULL CHECK (bytes >= 0),
    direct       boolean NOT NULL,
    multipart_id text,
    etags        text[] NOT NULL DEFAULT '{}',
    tail         bytea NOT NULL DEFAULT '',
    received     bigint NOT NULL DEFAULT 0 CHECK (received >= 0 AND received <= bytes),
    token        bigint NOT NULL DEFAULT 0,
    done         boolean NOT NULL DEFAULT false,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL
);
COMMENT ON TABLE upload IS 'a video that is on its way into the store over more than one request';
COMMENT ON COLUMN upload.job_id IS 'of the job that is made when all is there';
COMMENT ON COLUMN upload.bytes IS 'the length that was promised';
COMMENT ON COLUMN upload.direct IS 'whether the bytes go to the store without us; then received stays 0';
COMMENT ON COLUMN upload.multipart_id IS 'of the store, from the first part on';
COMMENT ON COLUMN upload.etags IS 'of the parts that are stored, in order';
COMMENT ON COLUMN upload.tail IS 'what came after the last part that is stored; less than a part';
COMMENT ON COLUMN upload.token IS 'fencing token: the request that took it last is the only one that may write';

CREATE INDEX upload_expires_at ON upload (expires_at);
