package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.connection.BrokerException;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.config.value.Secret;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class UnreachableBrokerTest {
    private final Vertx vertx;

    UnreachableBrokerTest(Vertx vertx) {
        this.vertx = vertx;
    }

    @Test
    void saysThatNothingListens() throws Exception {
        int port = ChildProcess.freePort();

        Future<Void> check = CheckedBroker.check(vertx, config("amqp://127.0.0.1:" + port, Duration.ofSeconds(2)));

        assertThatThrownBy(() -> check.await(10, TimeUnit.SECONDS))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("127.0.0.1:" + port)
                .hasMessageContaining("nothing listens there");
    }

    @Test
    void saysThatTheNameIsNotKnown() {
        Future<Void> check = CheckedBroker.check(vertx, config("amqp://broker.invalid", Duration.ofSeconds(2)));

        assertThatThrownBy(() -> check.await(20, TimeUnit.SECONDS))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("'broker.invalid' is not known");
    }

    @Test
    void saysThatThereIsNoAnswer() throws IOException {
        try (ServerSocket mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Future<Void> check = CheckedBroker.check(
                    vertx, config("amqp://127.0.0.1:" + mute.getLocalPort(), Duration.ofMillis(500)));

            assertThatThrownBy(() -> check.await(10, TimeUnit.SECONDS))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining("no answer in time");
        }
    }

    @Test
    void refusesToPublishWhileThereIsNoBroker() throws Exception {
        ConfirmedPublisher publisher = new ConfirmedPublisher(
                vertx, config("amqp://127.0.0.1:" + ChildProcess.freePort(), Duration.ofSeconds(2)));
        publisher.start();

        Future<Void> published =
                publisher.publish(new OutgoingMessage("", "q", Buffer.buffer("{}"), new JsonObject(), "1"));

        assertThatThrownBy(() -> published.await(5, TimeUnit.SECONDS)).isInstanceOf(BrokerException.class);
        publisher.stop().await(5, TimeUnit.SECONDS);
    }

    @Test
    void stopsWhileAnAttemptToConnectIsUnderWay() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            RabbitMqConfig config = config("amqp://127.0.0.1:" + mute.getLocalPort(), Duration.ofSeconds(30));
            SupervisedConsumer consumer =
                    new SupervisedConsumer(vertx, config, Topology.DOWNLOAD_QUEUE, 1, Delivery::requeue);
            consumer.start();
            try (Socket unanswered = mute.accept()) {
                consumer.stop().await(10, TimeUnit.SECONDS);

                assertThat(unanswered.isConnected()).isTrue();
                assertThat(consumer.whenConsuming().failed()).isTrue();
            }
        }
    }

    @Test
    void refusesAPrefetchThatMeansNoLimit() {
        RabbitMqConfig config = config("amqp://127.0.0.1", Duration.ofSeconds(2));

        assertThatThrownBy(() -> new SupervisedConsumer(vertx, config, Topology.DOWNLOAD_QUEUE, 0, Delivery::requeue))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static RabbitMqConfig config(String uri, Duration connectTimeout) {
        return new RabbitMqConfig(
                uri,
                "user",
                new Secret("secret"),
                Optional.empty(),
                Duration.ofSeconds(2),
                connectTimeout,
                Duration.ofSeconds(2),
                RabbitMqConfig.QueueMode.CLASSIC,
                "");
    }
}
