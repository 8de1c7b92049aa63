package dev.sluice.app;

import dev.sluice.config.SluiceConfig;
import dev.sluice.config.value.Secret;
import dev.sluice.persistence.cluster.ClusterMemberRepository;
import dev.sluice.persistence.db.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The secret of the cluster: the configured one, else one that all processes with the same database share. */
public final class ClusterSecret {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterSecret.class);
    private static final int RANDOM_BYTES = 32;

    private ClusterSecret() {}

    /** Blocks; waits for a database that is unavailable. The event bus needs the secret before it starts. */
    public static Secret of(SluiceConfig config) {
        return config.cluster().secret().orElseGet(() -> shared(config));
    }

    private static Secret shared(SluiceConfig config) {
        LOG.atWarn()
                .log("cluster.secret is not set: every process that reads the schema sluice of the database can join"
                        + " the cluster");
        Vertx vertx = Vertx.vertx();
        try {
            return Database.open(vertx, config.postgres())
                    .compose(database -> new ClusterMemberRepository(database)
                            .sharedSecret(random())
                            .eventually(database::close))
                    .map(Secret::new)
                    .await();
        } finally {
            vertx.close().await();
        }
    }

    /** The same secret, with an open database. */
    static Future<String> of(SluiceConfig config, Database database) {
        return config.cluster()
                .secret()
                .map(Secret::reveal)
                .map(Future::succeededFuture)
                .orElseGet(() -> new ClusterMemberRepository(database).sharedSecret(random()));
    }

    private static String random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
