-- Members of the clustered event bus find each other here.

-- Unlogged: after a crash of the server the members store themselves again within a second.
CREATE UNLOGGED TABLE cluster_member (
    node_id   text PRIMARY KEY,
    host      text NOT NULL,
    port      integer NOT NULL,
    addresses text[] NOT NULL,
    proof     text NOT NULL,
    last_seen timestamptz NOT NULL
);
COMMENT ON COLUMN cluster_member.addresses IS 'event bus addresses with a consumer in this process';
COMMENT ON COLUMN cluster_member.proof IS 'HMAC of node, host and port with the secret of the cluster';
COMMENT ON COLUMN cluster_member.last_seen IS 'a row that is not refreshed for 5 s is ignored, and deleted after a minute';

CREATE TABLE cluster_secret (
    singleton boolean PRIMARY KEY CHECK (singleton),
    secret    text NOT NULL
);
COMMENT ON TABLE cluster_secret IS 'one random secret, for processes without cluster.secret';
