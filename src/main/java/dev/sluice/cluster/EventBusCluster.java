package dev.sluice.cluster;

import dev.sluice.config.ClusterConfig;
import dev.sluice.config.PostgresConfig;
import dev.sluice.config.value.Secret;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this process a member of a cluster with a shared event bus. No data depends on delivery: a member that misses a message
 * catches up with the next poll.
 */
public final class EventBusCluster {
    private static final Logger LOG = LoggerFactory.getLogger(EventBusCluster.class);
    private static final int POSTGRES_PORT = 5432;
    /** A host of the same network answers within milliseconds; messages wait until then. */
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    /** Detects a connection that a network dropped silently. */
    private static final Duration PING_INTERVAL = Duration.ofSeconds(5);

    private final ClusterConfig config;
    private final ClusterKey key;
    private final String host;
    private final String publicHost;

    private EventBusCluster(ClusterConfig config, ClusterKey key, String host, String publicHost) {
        this.config = config;
        this.key = key;
        this.host = host;
        this.publicHost = publicHost;
    }

    /**
     * Determines the addresses of this host; blocks while names are resolved.
     *
     * @throws IllegalStateException with a message that names the setting, if the address cannot be determined
     */
    public static EventBusCluster of(ClusterConfig config, PostgresConfig postgres, Secret secret) {
        String host = config.host().orElseGet(() -> towardsDatabase("cluster.host", postgres));
        String publicHost = config.publicHost()
                .orElseGet(() -> isWildcard(host) ? towardsDatabase("cluster.publicHost", postgres) : host);
        return new EventBusCluster(config, new ClusterKey(secret), host, publicHost);
    }

    private static String towardsDatabase(String key, PostgresConfig postgres) {
        URI database = URI.create(postgres.uri());
        int port = database.getPort() < 0 ? POSTGRES_PORT : database.getPort();
        try {
            return LocalAddress.towards(database.getHost(), port);
        } catch (IOException unknown) {
            throw new IllegalStateException(
                    key + ": set the address of this host, because the address that reaches the database at "
                            + database.getHost() + " cannot be determined: " + unknown.getMessage(),
                    unknown);
        }
    }

    private static boolean isWildcard(String host) {
        try {
            return InetAddress.getByName(host).isAnyLocalAddress();
        } catch (IOException unknown) {
            throw new IllegalStateException("cluster.host: unknown host '" + host + "'", unknown);
        }
    }

    /**
     * Checks that this host has the address and that the port is free; blocks.
     *
     * @throws IllegalStateException with a message that names the setting, if not
     */
    public void requirePortAvailable() {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName(host), config.port()));
        } catch (IOException taken) {
            throw new IllegalStateException(
                    "cluster.port: cannot listen at " + host + ":" + config.port() + ": " + taken.getMessage(), taken);
        }
    }

    /** Creates the builder of a clustered Vert.x. */
    public VertxBuilder vertxBuilder(VertxOptions options) {
        EventBusOptions eventBus = options.getEventBusOptions()
                .setHost(host)
                .setPort(config.port())
                .setClusterPublicHost(publicHost)
                .setClusterPublicPort(config.publicPort())
                .setConnectTimeout((int) CONNECT_LIMIT.toMillis())
                .setClusterPingInterval(PING_INTERVAL.toMillis())
                .setClusterPingReplyInterval(PING_INTERVAL.toMillis());
        key.secure(eventBus);
        LOG.atInfo()
                .addKeyValue("address", host + ":" + config.port())
                .addKeyValue("publicAddress", publicHost + ":" + config.publicPort())
                .log("clustered event bus");
        return Vertx.builder()
                .with(options)
                .withClusterManager(new ClusterView(key, new ExpectedMembers(config.members(), System::nanoTime)));
    }
}
