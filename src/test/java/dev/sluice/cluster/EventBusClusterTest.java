package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.SluiceConfig;
import dev.sluice.config.value.Secret;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventBusClusterTest {
    private static final Secret SECRET = new Secret("a secret of a cluster of 32 characters");

    @Test
    void listensOnAddressThatReachesDatabase() {
        assertThat(eventBus(new JsonObject()))
                .returns("127.0.0.1", EventBusOptions::getHost)
                .returns(5701, EventBusOptions::getPort)
                .returns("127.0.0.1", EventBusOptions::getClusterPublicHost)
                .returns(5701, EventBusOptions::getClusterPublicPort);
    }

    @Test
    void advertisesAddressThatReachesDatabaseIfItListensOnAll() {
        assertThat(eventBus(new JsonObject().put("host", "0.0.0.0").put("port", 6701)))
                .returns("0.0.0.0", EventBusOptions::getHost)
                .returns("127.0.0.1", EventBusOptions::getClusterPublicHost)
                .returns(6701, EventBusOptions::getClusterPublicPort);
    }

    @Test
    void advertisesPublicAddress() {
        assertThat(eventBus(new JsonObject().put("publicHost", "worker-1.test").put("publicPort", 6702)))
                .returns("127.0.0.1", EventBusOptions::getHost)
                .returns(5701, EventBusOptions::getPort)
                .returns("worker-1.test", EventBusOptions::getClusterPublicHost)
                .returns(6702, EventBusOptions::getClusterPublicPort);
    }

    @Test
    void namesSettingIfAddressCannotBeDetermined() {
        assertThatThrownBy(() -> cluster(new JsonObject(), "unknown-host.invalid"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("cluster.host: set the address of this host");
        assertThatThrownBy(() -> cluster(new JsonObject().put("host", "0.0.0.0"), "unknown-host.invalid"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("cluster.publicHost: set the address of this host");
    }

    @Test
    void namesSettingIfItCannotListen() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            EventBusCluster cluster = cluster(new JsonObject().put("port", taken.getLocalPort()), "127.0.0.1");

            assertThatThrownBy(cluster::requirePortAvailable)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("cluster.port: cannot listen at 127.0.0.1:" + taken.getLocalPort());
        }
        // Of the network for documentation, which no host has.
        assertThatThrownBy(cluster(new JsonObject().put("host", "192.0.2.1"), "127.0.0.1")::requirePortAvailable)
                .hasMessageStartingWith("cluster.port: cannot listen at 192.0.2.1:5701");
    }

    private static EventBusOptions eventBus(JsonObject section) {
        VertxOptions options = new VertxOptions();
        var unused = cluster(section, "127.0.0.1").vertxBuilder(options);
        return options.getEventBusOptions();
    }

    private static EventBusCluster cluster(JsonObject section, String databaseHost) {
        SluiceConfig config = SluiceConfig.read(
                new JsonObject()
                        .put("cluster", section)
                        .put("postgres", new JsonObject().put("uri", "postgresql://" + databaseHost + "/sluice")),
                Map.of());
        return EventBusCluster.of(config.cluster(), config.postgres(), SECRET);
    }
}
