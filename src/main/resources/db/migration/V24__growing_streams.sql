-- Streams of videos that are published while they are encoded in segments.

CREATE TABLE growing_stream (
    job_id       text NOT NULL,
    token        integer NOT NULL,
    media_id     text NOT NULL,
    shown        integer NOT NULL DEFAULT 0,
    announced    boolean NOT NULL DEFAULT false,
    lease        integer NOT NULL DEFAULT 0,
    lease_until  timestamptz,
    withdrawn_at timestamptz,
    PRIMARY KEY (job_id, token)
);
COMMENT ON TABLE growing_stream IS 'one row for each plan; it exists as long as objects of the stream may exist, also without its job';
COMMENT ON COLUMN growing_stream.token IS 'fencing token of the run that planned the segments; part of all keys';
COMMENT ON COLUMN growing_stream.shown IS 'the tasks with lower numbers are in the playlists';
COMMENT ON COLUMN growing_stream.announced IS 'whether an update has named the playlist';
COMMENT ON COLUMN growing_stream.lease IS 'rises with every claim of the right to write the playlists';
COMMENT ON COLUMN growing_stream.withdrawn_at IS 'when the objects of a failed job were deleted for the first time';
