package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A broker of the test's own with the contract's queues, empty, and clients that are stopped after each test. */
@ExtendWith(VertxExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
abstract class BrokerScenario<N extends BrokerNode> {
    protected static final long PATIENCE_SECONDS = 20;

    protected Vertx vertx;
    protected N node;
    protected final List<SupervisedConsumer> consumers = new ArrayList<>();
    private final List<ConfirmedPublisher> publishers = new ArrayList<>();

    abstract N startNode();

    @BeforeAll
    void startBroker(Vertx sharedVertx) {
        vertx = sharedVertx;
        node = startNode();
    }

    @AfterAll
    void stopBroker() {
        node.close();
    }

    @BeforeEach
    void emptyQueues() throws Exception {
        try (Connection stranger = node.connect()) {
            declareAsTheOtherHalfDoes(stranger);
            Channel channel = stranger.createChannel();
            for (Topology.Binding binding : Topology.BINDINGS) {
                channel.queuePurge(binding.queue());
            }
        }
    }

    @AfterEach
    void stopClients() throws Exception {
        for (SupervisedConsumer consumer : consumers) {
            consumer.stop().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        for (ConfirmedPublisher publisher : publishers) {
            publisher.stop().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        consumers.clear();
        publishers.clear();
        noConnectionIsLeft();
    }

    protected static void declareAsTheOtherHalfDoes(Connection stranger) throws Exception {
        Channel channel = stranger.createChannel();
        channel.exchangeDeclare("video.processing", "direct", true);
        channel.exchangeDeclare("video.updates", "direct", true);
        for (String key : List.of("download", "processing", "upload")) {
            channel.queueDeclare("video.processing." + key, true, false, false, Map.of());
            channel.queueBind("video.processing." + key, "video.processing", key);
        }
        channel.queueDeclare("video.processing.requests", true, false, false, Map.of());
        channel.queueBind("video.processing.requests", "video.processing", "request");
        channel.queueDeclare("video.processing.updates", true, false, false, Map.of());
        channel.queueBind("video.processing.updates", "video.updates", "update");
        channel.queueDeclare("video.processing.dead", true, false, false, Map.of());
        channel.queuePurge("video.processing.dead");
    }

    protected void noConnectionIsLeft() {
        await("connection threads end")
                .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .noneMatch(name -> name.startsWith("AMQP Connection 127.0.0.1:" + node.port())));
    }

    protected boolean publishes(ConfirmedPublisher publisher, String name) {
        return publisher.publish(download(name)).map(true).otherwise(false).await();
    }

    protected static OutgoingMessage download(String name) {
        return new OutgoingMessage(
                Topology.PROCESSING_EXCHANGE,
                Topology.DOWNLOAD_KEY,
                Buffer.buffer(json(name)),
                new JsonObject().put("reason", "because"),
                name);
    }

    protected static String json(String name) {
        return "{\"n\":\"" + name + "\"}";
    }

    protected ConfirmedPublisher publisher() throws Exception {
        ConfirmedPublisher publisher = new ConfirmedPublisher(vertx, node.config());
        publishers.add(publisher);
        publisher.start();
        publisher.whenConnected().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return publisher;
    }

    protected SupervisedConsumer consumer(String queue, int prefetch, Inbox inbox) throws Exception {
        return consumer(queue, prefetch, (Handler<Delivery>) inbox::put);
    }

    protected SupervisedConsumer consumer(String queue, int prefetch, Handler<Delivery> handler) throws Exception {
        SupervisedConsumer consumer = new SupervisedConsumer(vertx, node.config(), queue, prefetch, handler);
        consumers.add(consumer);
        consumer.start();
        consumer.whenConsuming().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return consumer;
    }

    protected void put(String queue, String... bodies) throws Exception {
        try (Connection stranger = node.connect()) {
            Channel channel = stranger.createChannel();
            channel.confirmSelect();
            for (String body : bodies) {
                channel.basicPublish(
                        "", queue, MessageProperties.PERSISTENT_BASIC, body.getBytes(StandardCharsets.UTF_8));
            }
            channel.waitForConfirmsOrDie(10_000);
        }
    }

    protected GetResponse get(String queue) throws Exception {
        try (Connection stranger = node.connect()) {
            return stranger.createChannel().basicGet(queue, true);
        }
    }

    protected List<String> remaining(String queue) throws Exception {
        try (Connection stranger = node.connect()) {
            Channel channel = stranger.createChannel();
            List<String> bodies = new ArrayList<>();
            for (GetResponse next = channel.basicGet(queue, true); next != null; next = channel.basicGet(queue, true)) {
                bodies.add(new String(next.getBody(), StandardCharsets.UTF_8));
            }
            return bodies;
        }
    }

    /** Deliveries in the order they came. */
    protected static final class Inbox {
        private final BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();

        void put(Delivery delivery) {
            deliveries.add(delivery);
        }

        Delivery next() throws InterruptedException {
            Delivery delivery = deliveries.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(delivery).as("a delivery").isNotNull();
            return delivery;
        }

        void staysEmpty() throws InterruptedException {
            assertThat(deliveries.poll(300, TimeUnit.MILLISECONDS)).isNull();
        }
    }
}
