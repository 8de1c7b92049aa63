package dev.sluice.cluster;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.ListenerConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import dev.sluice.config.ClusterConfig;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/**
 * Makes this process a member of a cluster with a shared event bus. Members are configured; there is no discovery. No
 * data depends on delivery: a member that misses a message catches up with the next poll.
 */
public final class HazelcastCluster {
    private static final String LOGGING = "hazelcast.logging.type";

    private final ClusterConfig config;

    public HazelcastCluster(ClusterConfig config) {
        this.config = config;
    }

    /**
     * Checks that this host has the configured address and that both ports are free; blocks.
     *
     * @throws IllegalStateException with a message that names the setting, if not
     */
    public void requirePortsAvailable() {
        requireFree("cluster.port", config.port());
        requireFree("cluster.eventBusPort", config.eventBusPort());
    }

    private void requireFree(String key, int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName(config.host()), port));
        } catch (UnknownHostException unknown) {
            throw new IllegalStateException("cluster.host: unknown host '" + config.host() + "'", unknown);
        } catch (IOException taken) {
            throw new IllegalStateException(
                    key + ": cannot listen at " + config.host() + ":" + port + ": " + taken.getMessage(), taken);
        }
    }

    /** Creates the builder of a clustered Vert.x. */
    public VertxBuilder vertxBuilder(VertxOptions options) {
        // Hazelcast logs before it has read its configuration; this sends those messages to SLF4J too.
        System.setProperty(LOGGING, "slf4j");
        options.getEventBusOptions()
                .setHost(config.host())
                .setPort(config.eventBusPort())
                .setClusterPublicHost(config.host())
                .setClusterPublicPort(config.eventBusPort());
        return Vertx.builder().with(options).withClusterManager(new HazelcastClusterManager(hazelcast()));
    }

    private Config hazelcast() {
        // Contains the maps that Vert.x requires.
        Config hazelcast = ConfigUtil.loadConfig();
        hazelcast.setClusterName(config.name());
        hazelcast.setProperty(LOGGING, "slf4j");
        hazelcast.addListenerConfig(new ListenerConfig(new MembershipLogger()));
        hazelcast.setProperty("hazelcast.phone.home.enabled", "false");
        hazelcast.setProperty("hazelcast.shutdownhook.enabled", "false");
        hazelcast.setProperty("hazelcast.socket.bind.any", "false");
        hazelcast.getSerializationConfig().setJavaSerializationFilterConfig(deserializable());
        hazelcast.setAdvancedNetworkConfig(network());
        return hazelcast;
    }

    /** One port, which speaks the protocol of members only: clients of Hazelcast need no password, and can run code. */
    private AdvancedNetworkConfig network() {
        AdvancedNetworkConfig network = new AdvancedNetworkConfig().setEnabled(true);
        network.setMemberEndpointConfig(new ServerSocketEndpointConfig()
                .setPort(config.port())
                .setPortAutoIncrement(false)
                .setPublicAddress(config.host() + ":" + config.port()));
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).setMembers(config.members());
        return network;
    }

    /** Classes of which a member may send serialized objects. The default of Hazelcast allows all of the Java platform. */
    private static JavaSerializationFilterConfig deserializable() {
        JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig().setDefaultsDisabled(true);
        filter.getWhitelist()
                .addPrefixes("com.hazelcast.", "io.vertx.spi.cluster.hazelcast.", "java.lang.", "java.util.");
        return filter;
    }
}
