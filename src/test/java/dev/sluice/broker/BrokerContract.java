package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.config.Secret;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What the consumer and the publisher promise, whatever broker they work with. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
abstract class BrokerContract<N extends BrokerNode> {
    private static final long PATIENCE_SECONDS = 20;

    protected final Vertx vertx = Vertx.vertx();
    protected N node;
    private final List<SupervisedConsumer> consumers = new ArrayList<>();
    private final List<ConfirmedPublisher> publishers = new ArrayList<>();

    abstract N startNode();

    @BeforeAll
    void startBroker() {
        node = startNode();
    }

    @AfterAll
    void stopBroker() throws Exception {
        vertx.close().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        node.close();
    }

    @BeforeEach
    void emptyQueues() throws Exception {
        try (Connection stranger = node.stranger()) {
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

    @Test
    void deliversWhatWasPublishedAndForgetsWhatWasAcknowledged() throws Exception {
        ConfirmedPublisher publisher = publisher();
        Inbox inbox = new Inbox();
        consumer(Topology.DOWNLOAD_QUEUE, 2, inbox);

        publisher.publish(download("one")).await(5, TimeUnit.SECONDS);
        Delivery delivery = inbox.next();
        delivery.ack().await(5, TimeUnit.SECONDS);

        assertThat(delivery.body().toString()).isEqualTo("{\"n\":\"one\"}");
        assertThat(delivery.headers().getString("reason")).isEqualTo("because");
        assertThat(delivery.redelivered()).isFalse();
        assertThat(delivery.stale()).isFalse();
        stopClients();
        assertThat(remaining(Topology.DOWNLOAD_QUEUE)).isEmpty();
    }

    @Test
    void sendsPersistentJsonWithItsId() throws Exception {
        ConfirmedPublisher publisher = publisher();

        publisher
                .publish(new OutgoingMessage(
                        Topology.DEFAULT_EXCHANGE, Topology.DEAD_QUEUE, Buffer.buffer("{}"), new JsonObject(), "id-7"))
                .await(5, TimeUnit.SECONDS);

        AMQP.BasicProperties properties = get(Topology.DEAD_QUEUE).getProps();
        assertThat(properties.getMessageId()).isEqualTo("id-7");
        assertThat(properties.getContentType()).isEqualTo("application/json");
        assertThat(properties.getDeliveryMode()).isEqualTo(2);
    }

    @Test
    void confirmsABatchThatIsSentAtOnce() throws Exception {
        ConfirmedPublisher publisher = publisher();

        Future.all(IntStream.range(0, 200)
                        .mapToObj(n -> publisher.publish(download("m" + n)))
                        .toList())
                .await(20, TimeUnit.SECONDS);

        assertThat(remaining(Topology.DOWNLOAD_QUEUE)).hasSize(200);
    }

    @Test
    void keepsNoMoreMessagesOutThanThePrefetch() throws Exception {
        put(Topology.DOWNLOAD_QUEUE, "a", "b", "c", "d");
        Inbox inbox = new Inbox();
        consumer(Topology.DOWNLOAD_QUEUE, 2, inbox);

        Delivery first = inbox.next();
        inbox.next();

        inbox.staysEmpty();
        first.ack().await(5, TimeUnit.SECONDS);
        assertThat(inbox.next().body().toString()).isEqualTo("c");
        inbox.staysEmpty();
    }

    @Test
    void bringsBackWhatWasGivenBackAndSettlesOnlyOnce() throws Exception {
        put(Topology.DOWNLOAD_QUEUE, "a");
        Inbox inbox = new Inbox();
        consumer(Topology.DOWNLOAD_QUEUE, 1, inbox);

        Delivery first = inbox.next();
        first.giveBack().await(5, TimeUnit.SECONDS);
        first.ack().await(5, TimeUnit.SECONDS);

        Delivery second = inbox.next();
        assertThat(second.redelivered()).isTrue();
        assertThat(second.stale()).isFalse();
        stopClients();
        assertThat(remaining(Topology.DOWNLOAD_QUEUE)).containsExactly("a");
    }

    @Test
    void takesNothingMoreWhilePausedButSettlesWhatIsUnderWay() throws Exception {
        put(Topology.DOWNLOAD_QUEUE, "a", "b", "c");
        Inbox inbox = new Inbox();
        SupervisedConsumer consumer = consumer(Topology.DOWNLOAD_QUEUE, 1, inbox);
        Delivery running = inbox.next();

        consumer.pause().await(5, TimeUnit.SECONDS);
        consumer.pause().await(5, TimeUnit.SECONDS);
        running.ack().await(5, TimeUnit.SECONDS);

        inbox.staysEmpty();
        stopClients();
        assertThat(remaining(Topology.DOWNLOAD_QUEUE)).containsExactly("b", "c");
    }

    @Test
    void goesOnOverANewChannelWhenTheBrokerClosesTheOldOne() throws Exception {
        put(Topology.DOWNLOAD_QUEUE, "a", "b", "c", "d");
        Inbox inbox = new Inbox();
        consumer(Topology.DOWNLOAD_QUEUE, 2, inbox);
        inbox.next().ack().await(5, TimeUnit.SECONDS);
        List<Delivery> old = List.of(inbox.next(), inbox.next());

        provokeChannelClose(old.get(0));
        List<Delivery> again = List.of(inbox.next(), inbox.next());
        for (Delivery late : old) {
            late.ack().await(5, TimeUnit.SECONDS);
        }

        assertThat(old).allMatch(Delivery::stale);
        assertThat(again).allMatch(Delivery::redelivered).noneMatch(Delivery::stale);
        inbox.staysEmpty();
        stopClients();
        assertThat(remaining(Topology.DOWNLOAD_QUEUE)).containsExactlyInAnyOrder("b", "c", "d");
    }

    @Test
    void losesNothingWhenTheBrokerIsKilledInTheMiddleOfWork() throws Exception {
        put(Topology.DOWNLOAD_QUEUE, "a", "b", "c", "d", "e", "f");
        Inbox inbox = new Inbox();
        consumer(Topology.DOWNLOAD_QUEUE, 2, inbox);
        Set<String> done = new HashSet<>();
        for (int n = 0; n < 2; n++) {
            Delivery delivery = inbox.next();
            delivery.ack().await(5, TimeUnit.SECONDS);
            done.add(delivery.body().toString());
        }
        List<Delivery> old = List.of(inbox.next(), inbox.next());
        // A confirm on the same queue means that the acknowledgements before it are on disk too.
        put(Topology.DOWNLOAD_QUEUE, "g");

        node.kill();
        Inbox lateInbox = new Inbox();
        SupervisedConsumer startedWithoutBroker =
                new SupervisedConsumer(vertx, node.config(), Topology.UPLOAD_QUEUE, 1, lateInbox::put);
        consumers.add(startedWithoutBroker);
        startedWithoutBroker.start();
        node.restart();
        List<Delivery> again = List.of(inbox.next(), inbox.next());
        for (Delivery late : old) {
            late.ack().await(5, TimeUnit.SECONDS);
        }

        inbox.staysEmpty();
        startedWithoutBroker.ready().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        Set<String> came = new HashSet<>();
        for (Delivery delivery : again) {
            came.add(delivery.body().toString());
            delivery.ack().await(5, TimeUnit.SECONDS);
        }
        while (came.size() < 5) {
            Delivery delivery = inbox.next();
            came.add(delivery.body().toString());
            delivery.ack().await(5, TimeUnit.SECONDS);
        }
        assertThat(came).doesNotContainAnyElementsOf(done).hasSize(5);
        stopClients();
        assertThat(remaining(Topology.DOWNLOAD_QUEUE)).isEmpty();
    }

    @Test
    void keepsEveryConfirmedMessageWhenTheBrokerIsKilled() throws Exception {
        ConfirmedPublisher publisher = publisher();
        Set<String> confirmed = ConcurrentHashMap.newKeySet();
        List<Future<Void>> all = new ArrayList<>();
        publishInARow(publisher, confirmed, all, "before", 150);
        await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(() -> confirmed.size() > 40);

        node.kill();
        await().atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                .until(() -> all.stream().allMatch(Future::isComplete));
        assertThatThrownBy(() -> publisher.publish(download("while down")).await(5, TimeUnit.SECONDS))
                .isInstanceOf(BrokerFailure.class);
        node.restart();
        await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(() -> publishes(publisher, "after"));

        Set<String> there = new HashSet<>(remaining(Topology.DOWNLOAD_QUEUE));
        confirmed.forEach(name -> assertThat(there).contains(json(name)));
        assertThat(there).contains(json("after"));
    }

    @Test
    void failsWhatNoQueueTakesAndGoesOn() throws Exception {
        ConfirmedPublisher publisher = publisher();

        Future<Void> lost = publisher.publish(new OutgoingMessage(
                Topology.PROCESSING_EXCHANGE, "nowhere", Buffer.buffer("{}"), new JsonObject(), "x"));

        assertThatThrownBy(() -> lost.await(5, TimeUnit.SECONDS))
                .isInstanceOf(BrokerFailure.class)
                .hasMessageContaining("Not published");
        publisher.publish(download("next")).await(5, TimeUnit.SECONDS);
    }

    @Test
    void failsWhatGoesToAMissingExchangeAndRecovers() throws Exception {
        ConfirmedPublisher publisher = publisher();

        Future<Void> lost = publisher.publish(
                new OutgoingMessage("no.such.exchange", "key", Buffer.buffer("{}"), new JsonObject(), "x"));

        assertThatThrownBy(() -> lost.await(5, TimeUnit.SECONDS))
                .isInstanceOf(BrokerFailure.class)
                .hasMessageContaining("no.such.exchange");
        await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(() -> publishes(publisher, "next"));
    }

    @Test
    void leavesTheOtherHalfsDeclarationsAlone() throws Exception {
        publisher();
        consumer(Topology.UPDATES_QUEUE, 1, new Inbox());

        try (Connection stranger = node.stranger()) {
            declareAsTheOtherHalfDoes(stranger);

            assertThat(stranger.isOpen()).isTrue();
        }
    }

    @Test
    void survivesAHandlerThatThrows() throws Exception {
        put(Topology.DOWNLOAD_QUEUE, "a");
        Inbox inbox = new Inbox();
        consumer(Topology.DOWNLOAD_QUEUE, 1, delivery -> {
            if (!delivery.redelivered()) {
                throw new IllegalStateException("a bug, on purpose");
            }
            inbox.put(delivery);
        });

        Delivery again = inbox.next();

        assertThat(again.redelivered()).isTrue();
    }

    @Test
    void stopsInEveryStateAndOnlyOnce() throws Exception {
        RabbitMqConfig nobodyThere = new RabbitMqConfig(
                "amqp://127.0.0.1:" + ChildProcess.freePort(),
                "nobody",
                new Secret("nothing"),
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                RabbitMqConfig.QueueMode.CLASSIC);
        SupervisedConsumer neverStarted = newConsumer(node.config());
        SupervisedConsumer connecting = newConsumer(node.config());
        SupervisedConsumer waiting = newConsumer(nobodyThere);
        SupervisedConsumer consuming = newConsumer(node.config());
        ConfirmedPublisher publisher = new ConfirmedPublisher(vertx, nobodyThere);
        consuming.start();
        consuming.ready().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        waiting.start();
        publisher.start();
        connecting.start();

        List<Future<Void>> stops = new ArrayList<>();
        for (SupervisedConsumer consumer : List.of(neverStarted, connecting, waiting, consuming)) {
            stops.add(consumer.stop());
            stops.add(consumer.stop());
            stops.add(consumer.pause());
        }
        stops.add(publisher.stop());
        Future.all(stops).await(10, TimeUnit.SECONDS);

        assertThat(waiting.ready().failed()).isTrue();
        assertThat(publisher.ready().failed()).isTrue();
        assertThatThrownBy(() -> publisher.publish(download("too late")).await(5, TimeUnit.SECONDS))
                .isInstanceOf(BrokerFailure.class);
    }

    @Test
    void findsNothingToComplainOfInAWorkingBroker() {
        assertThat(BrokerCheck.reach(vertx, node.config()).await()).isNull();
    }

    @Test
    void namesAWrongPassword() {
        RabbitMqConfig good = node.config();
        RabbitMqConfig bad = new RabbitMqConfig(
                good.uri(),
                good.user(),
                new Secret("wrong"),
                good.heartbeat(),
                good.connectTimeout(),
                good.confirmTimeout(),
                good.queues());

        Future<Void> check = BrokerCheck.reach(vertx, bad);

        assertThatThrownBy(() -> check.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .isInstanceOf(BrokerFailure.class)
                .hasMessageContaining("127.0.0.1:" + node.port())
                .hasMessageContaining("'" + good.user() + "'")
                .hasMessageContaining("password");
    }

    private static void declareAsTheOtherHalfDoes(Connection stranger) throws Exception {
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

    /** Something that the broker answers with 404 and the end of the channel. */
    protected static void provokeChannelClose(Delivery delivery) {
        delivery.link()
                .run(channel -> channel.queueDeclarePassive("no.such.queue"))
                .otherwiseEmpty()
                .await();
    }

    private void noConnectionIsLeft() {
        await("connection threads end")
                .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .noneMatch(name -> name.startsWith("AMQP Connection 127.0.0.1:" + node.port())));
    }

    private void publishInARow(
            ConfirmedPublisher publisher, Set<String> confirmed, List<Future<Void>> all, String name, int count) {
        for (int n = 0; n < count; n++) {
            String each = name + n;
            all.add(publisher.publish(download(each)).onSuccess(v -> confirmed.add(each)));
        }
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

    private static String json(String name) {
        return "{\"n\":\"" + name + "\"}";
    }

    protected ConfirmedPublisher publisher() throws Exception {
        ConfirmedPublisher publisher = new ConfirmedPublisher(vertx, node.config());
        publishers.add(publisher);
        publisher.start();
        publisher.ready().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return publisher;
    }

    private SupervisedConsumer newConsumer(RabbitMqConfig config) {
        return new SupervisedConsumer(vertx, config, Topology.DOWNLOAD_QUEUE, 1, Delivery::giveBack);
    }

    protected SupervisedConsumer consumer(String queue, int prefetch, Inbox inbox) throws Exception {
        return consumer(queue, prefetch, (io.vertx.core.Handler<Delivery>) inbox::put);
    }

    protected SupervisedConsumer consumer(String queue, int prefetch, io.vertx.core.Handler<Delivery> handler)
            throws Exception {
        SupervisedConsumer consumer = new SupervisedConsumer(vertx, node.config(), queue, prefetch, handler);
        consumers.add(consumer);
        consumer.start();
        consumer.ready().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return consumer;
    }

    protected void put(String queue, String... bodies) throws Exception {
        try (Connection stranger = node.stranger()) {
            Channel channel = stranger.createChannel();
            channel.confirmSelect();
            for (String body : bodies) {
                channel.basicPublish(
                        "", queue, MessageProperties.PERSISTENT_BASIC, body.getBytes(StandardCharsets.UTF_8));
            }
            channel.waitForConfirmsOrDie(10_000);
        }
    }

    private GetResponse get(String queue) throws Exception {
        try (Connection stranger = node.stranger()) {
            return stranger.createChannel().basicGet(queue, true);
        }
    }

    protected List<String> remaining(String queue) throws Exception {
        try (Connection stranger = node.stranger()) {
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
