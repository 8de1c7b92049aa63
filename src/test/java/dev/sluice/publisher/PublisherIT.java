package dev.sluice.publisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.sluice.ServicesExtension;
import dev.sluice.broker.TestBroker;
import dev.sluice.broker.Topology;
import dev.sluice.config.UpdatesConfig;
import dev.sluice.job.DeliveryStepListener;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.progress.ProgressRepository;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Polling of the outbox, for messages without a notification. */
@ExtendWith({VertxExtension.class, ServicesExtension.class})
class PublisherIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

    private Vertx vertx;
    private TestBroker broker;
    private TestDatabase postgres;
    private Store store;
    private Outbox outbox;
    private String publisher;

    @BeforeEach
    void open(Vertx newVertx, TestBroker newBroker, TestDatabase newDatabase, Store newStore) {
        vertx = newVertx;
        broker = newBroker;
        postgres = newDatabase;
        store = newStore;
        outbox = store.outbox();
    }

    @AfterEach
    void close() throws Exception {
        get(vertx.undeploy(publisher));
    }

    @Test
    void publishesDueMessagesWithoutNotification() throws Exception {
        deploy();
        awaitPolls(3);

        get(outbox.enqueue(message("unnotified")));
        get(outbox.enqueue(message("late").delayedBy(Duration.ofSeconds(1))));

        assertThat(receive().getProps().getMessageId()).isEqualTo("unnotified");
        assertThat(receive().getProps().getMessageId()).isEqualTo("late");
        assertThat(postgres.value("SELECT count(*) FROM sluice.outbox")).isEqualTo("0");
    }

    @Test
    void opensNoTransactionWhenNothingIsDue() throws Exception {
        get(outbox.enqueue(message("in an hour").delayedBy(Duration.ofHours(1))));
        long before = rolledBack();
        deploy();

        awaitPolls(30);

        assertThat(rolledBack() - before)
                .as("empty transactions, except the first")
                .isLessThanOrEqualTo(1);
    }

    private void deploy() throws Exception {
        publisher = get(vertx.deployVerticle(new PublisherVerticle(
                broker.config(),
                new UpdatesConfig(POLL_INTERVAL, POLL_INTERVAL, Duration.ZERO, Duration.ZERO),
                outbox,
                new ProgressRepository(store.database()),
                DeliveryStepListener.NOOP)));
    }

    private static OutboxMessage message(String id) {
        return new OutboxMessage(
                Topology.DEFAULT_EXCHANGE,
                Topology.DEAD_LETTER_QUEUE,
                Buffer.buffer("{}"),
                new JsonObject(),
                id,
                Optional.empty(),
                Duration.ZERO);
    }

    /** Waits for {@code count} more scans of the outbox; the statistics of the server are about a second late. */
    private void awaitPolls(int count) {
        long before = scans();
        await().atMost(TIMEOUT).until(() -> scans() >= before + count);
    }

    private long scans() {
        return Long.parseLong(
                postgres.value(
                        "SELECT seq_scan + idx_scan FROM pg_stat_user_tables WHERE schemaname = 'sluice' AND relname = 'outbox'"));
    }

    private long rolledBack() {
        return Long.parseLong(
                postgres.value("SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database()"));
    }

    private GetResponse receive() throws Exception {
        try (Connection connection = broker.connect()) {
            Channel channel = connection.createChannel();
            return await().atMost(TIMEOUT)
                    .until(() -> channel.basicGet(Topology.DEAD_LETTER_QUEUE, true), message -> message != null);
        }
    }

    private static <T> T get(Future<T> future) throws TimeoutException {
        return future.await(30, TimeUnit.SECONDS);
    }
}
