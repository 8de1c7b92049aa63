package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.broker.connection.BrokerException;
import dev.sluice.broker.connection.OutageLogger;
import dev.sluice.common.tls.CaFile;
import dev.sluice.common.tls.TestCertificateAuthority;
import dev.sluice.config.RabbitMqConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/** A real node that listens with TLS too, its certificate made out to {@code localhost}. */
@ExtendWith(VertxExtension.class)
@Timeout(180)
class BrokerTlsIT {
    private static final int TLS_PORT = ChildProcess.freePort();
    private static final Optional<CaFile> KNOWN =
            Optional.of(TestCertificateAuthority.known().caFile());
    private static final long SECONDS = 20;

    private static RabbitNode node;
    private static Vertx vertx;

    @BeforeAll
    static void start(Vertx sharedVertx) {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        vertx = sharedVertx;
        node = RabbitNode.startWithTls(TLS_PORT, TestCertificateAuthority.known());
    }

    @AfterAll
    static void stop() {
        if (node != null) {
            node.close();
        }
    }

    @Test
    void publishesAndConsumesOverTls() throws Exception {
        RabbitMqConfig config = config("amqps://localhost:" + TLS_PORT, KNOWN);
        BlockingQueue<Delivery> inbox = new LinkedBlockingQueue<>();
        SupervisedConsumer consumer = new SupervisedConsumer(vertx, config, Topology.DOWNLOAD_QUEUE, 1, inbox::add);
        ConfirmedPublisher publisher = new ConfirmedPublisher(vertx, config);
        consumer.start();
        publisher.start();
        Future.all(consumer.whenConsuming(), publisher.whenConnected()).await(SECONDS, TimeUnit.SECONDS);

        publisher
                .publish(new OutgoingMessage(
                        Topology.PROCESSING_EXCHANGE,
                        Topology.DOWNLOAD_KEY,
                        Buffer.buffer("{}"),
                        new JsonObject(),
                        "over-tls"))
                .await(SECONDS, TimeUnit.SECONDS);

        Delivery came = inbox.poll(SECONDS, TimeUnit.SECONDS);
        assertThat(came).isNotNull();
        came.ack().await(SECONDS, TimeUnit.SECONDS);
        assertThat(node.ctl("list_connections", "ssl", "--no-table-headers").lines())
                .hasSize(2)
                .containsOnly("true");
        CheckedBroker.check(vertx, config).await(SECONDS, TimeUnit.SECONDS);
        Future.all(consumer.stop(), publisher.stop()).await(SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void saysThatTheAuthorityIsAnother() throws Exception {
        Optional<CaFile> other = Optional.of(TestCertificateAuthority.unknown().caFile());

        assertBothSay(
                config("amqps://localhost:" + TLS_PORT, other),
                "RabbitMQ at localhost:" + TLS_PORT
                        + ": its certificate was issued by none of the authorities in rabbitmq.caFile ("
                        + TestCertificateAuthority.unknown().caPem() + ").");
    }

    @Test
    void saysThatThisJvmKnowsNoSuchAuthority() throws Exception {
        assertBothSay(
                config("amqps://localhost:" + TLS_PORT, Optional.empty()),
                "RabbitMQ at localhost:" + TLS_PORT
                        + ": its certificate was issued by no authority that this JVM trusts; set rabbitmq.caFile to"
                        + " the CA file of the service.");
    }

    @Test
    void saysThatTheHostIsAnother() throws Exception {
        assertBothSay(
                config("amqps://127.0.0.1:" + TLS_PORT, KNOWN),
                "RabbitMQ at 127.0.0.1:" + TLS_PORT + ": its certificate does not match the host name (");
    }

    @Test
    void saysThatAPortForTlsWantsTls() throws Exception {
        assertBothSay(
                config("amqp://localhost:" + TLS_PORT, Optional.empty()),
                "RabbitMQ at localhost:" + TLS_PORT
                        + ": the connection was cut before the login; if that port is for TLS, the uri has to begin with"
                        + " amqps://.");
    }

    @Test
    void saysThatAPlainPortHasNoTls() throws Exception {
        assertBothSay(
                config("amqps://localhost:" + node.port(), KNOWN),
                "RabbitMQ at localhost:" + node.port() + ": the port does not use TLS.");
    }

    /** What {@code check} prints, and what the log says while the broker is waited for. */
    private static void assertBothSay(RabbitMqConfig config, String sentence) throws Exception {
        Future<Void> check = CheckedBroker.check(vertx, config);
        assertThatThrownBy(() -> check.await(SECONDS, TimeUnit.SECONDS))
                .isInstanceOf(BrokerException.class)
                .hasMessageStartingWith(sentence);

        Logger log = (Logger) LoggerFactory.getLogger(OutageLogger.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        ConfirmedPublisher publisher = new ConfirmedPublisher(vertx, config);
        try {
            publisher.start();
            await().atMost(Duration.ofSeconds(SECONDS)).until(() -> !lines.list.isEmpty());
        } finally {
            publisher.stop().await(SECONDS, TimeUnit.SECONDS);
            log.detachAppender(lines);
        }
        assertThat(List.copyOf(lines.list).get(0).getKeyValuePairs())
                .anySatisfy(pair -> assertThat(String.valueOf(pair.value)).startsWith(sentence));
    }

    private static RabbitMqConfig config(String uri, Optional<CaFile> caFile) {
        return new RabbitMqConfig(
                uri,
                node.user(),
                node.password(),
                caFile,
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofSeconds(3),
                RabbitMqConfig.QueueMode.CLASSIC,
                "");
    }
}
