package dev.sluice.broker.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.RabbitMqConfig;
import dev.sluice.config.value.Secret;
import io.vertx.rabbitmq.RabbitMQOptions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerEndpointTest {
    @ParameterizedTest
    @CsvSource({
        "amqp://rabbit, rabbit, 5672, false, /",
        "amqp://rabbit:5673/, rabbit, 5673, false, /",
        "amqp://rabbit/media, rabbit, 5672, false, media",
        "amqp://rabbit/%2Fmedia+x, rabbit, 5672, false, /media+x",
        "amqps://rabbit, rabbit, 5671, true, /",
        "amqp://[::1]:5672/a, [::1], 5672, false, a"
    })
    void readsTheUri(String uri, String host, int port, boolean tls, String virtualHost) {
        BrokerEndpoint endpoint = BrokerEndpoint.of(config(uri));

        assertThat(endpoint.host()).isEqualTo(host);
        assertThat(endpoint.port()).isEqualTo(port);
        assertThat(endpoint.tls()).isEqualTo(tls);
        assertThat(endpoint.virtualHost()).isEqualTo(virtualHost);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://rabbit", "rabbit:5672", "amqp:///media", "amqp://user:secret@rabbit", "amqp://a b"})
    void refusesWhatIsNoBrokersUri(String uri) {
        RabbitMqConfig config = config(uri);

        assertThatThrownBy(() -> BrokerEndpoint.of(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void asksForNoRecoveryOfAnyKind() {
        RabbitMQOptions options =
                BrokerEndpoint.of(config("amqps://rabbit/media")).clientOptions("a name");

        assertThat(options.getReconnectAttempts()).isZero();
        assertThat(options.isAutomaticRecoveryEnabled()).isFalse();
        assertThat(options.isSsl()).isTrue();
        assertThat(options.getConnectionName()).isEqualTo("a name");
        assertThat(options.getUser()).isEqualTo("user");
        assertThat(options.getPassword()).isEqualTo("secret");
        assertThat(options.getVirtualHost()).isEqualTo("media");
        assertThat(options.getRequestedHeartbeat()).isEqualTo(2);
        assertThat(options.getConnectionTimeout()).isEqualTo(5_000);
    }

    private static RabbitMqConfig config(String uri) {
        return new RabbitMqConfig(
                uri,
                "user",
                new Secret("secret"),
                Optional.empty(),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofSeconds(3),
                RabbitMqConfig.QueueMode.CLASSIC,
                "");
    }
}
