package dev.sluice.persistence.cluster;

import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Table through which the members of the clustered event bus find each other. All times are those of the database. */
public final class ClusterMemberRepository {
    // A row of a crashed process is ignored at once and deleted later. Own rows are excluded: one statement cannot
    // delete
    // and update the same row.
    private static final String REFRESH = """
            WITH crashed AS (
                DELETE FROM sluice.cluster_member WHERE node_id IN (
                    SELECT node_id FROM sluice.cluster_member
                    WHERE node_id <> $1 AND last_seen < clock_timestamp() - interval '1 minute'
                    FOR UPDATE SKIP LOCKED)),
            own AS (
                INSERT INTO sluice.cluster_member (node_id, host, port, addresses, proof, last_seen)
                VALUES ($1, $2, $3, $4, $5, clock_timestamp())
                ON CONFLICT (node_id) DO UPDATE SET addresses = excluded.addresses, last_seen = excluded.last_seen)
            SELECT node_id, host, port, addresses, proof FROM sluice.cluster_member
            WHERE node_id <> $1 AND last_seen > clock_timestamp() - make_interval(secs => $6)
            """;
    private static final String DELETE = "DELETE FROM sluice.cluster_member WHERE node_id = $1";
    private static final String SHARED_SECRET = """
            INSERT INTO sluice.cluster_secret (singleton, secret) VALUES (true, $1)
            ON CONFLICT (singleton) DO UPDATE SET secret = cluster_secret.secret
            RETURNING secret
            """;

    private final Database database;

    public ClusterMemberRepository(Database database) {
        this.database = database;
    }

    /**
     * Stores this process as a member and returns the others.
     *
     * @param expiry a process that did not call this for that time is not a member
     */
    public Future<List<ClusterMember>> refresh(ClusterMember self, Duration expiry) {
        return database.execute(
                        REFRESH,
                        self.nodeId(),
                        self.host(),
                        self.port(),
                        self.addresses().toArray(String[]::new),
                        self.proof(),
                        (double) expiry.toSeconds())
                .map(rows ->
                        Rows.stream(rows).map(ClusterMemberRepository::member).toList());
    }

    /** Removes this process from the members. */
    public Future<Void> delete(String nodeId) {
        return database.execute(DELETE, nodeId).mapEmpty();
    }

    /** Returns the secret that all processes with this database share; stores {@code candidate} if there is none. */
    public Future<String> sharedSecret(String candidate) {
        return database.execute(SHARED_SECRET, candidate)
                .map(rows -> rows.iterator().next().getString("secret"));
    }

    private static ClusterMember member(Row row) {
        return new ClusterMember(
                row.getString("node_id"),
                row.getString("host"),
                row.getInteger("port"),
                Set.of(row.getArrayOfStrings("addresses")),
                row.getString("proof"));
    }
}
