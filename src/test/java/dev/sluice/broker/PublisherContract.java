package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import dev.sluice.broker.connection.BrokerException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the publisher promises, whatever broker it works with. */
abstract class PublisherContract<N extends BrokerNode> extends BrokerScenario<N> {
    @Test
    void sendsPersistentJsonWithItsId() throws Exception {
        ConfirmedPublisher publisher = publisher();

        publisher
                .publish(new OutgoingMessage(
                        Topology.DEFAULT_EXCHANGE,
                        Topology.DEAD_LETTER_QUEUE,
                        Buffer.buffer("{}"),
                        new JsonObject(),
                        "id-7"))
                .await(5, TimeUnit.SECONDS);

        AMQP.BasicProperties properties = get(Topology.DEAD_LETTER_QUEUE).getProps();
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
                .isInstanceOf(BrokerException.class);
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
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("Not published");
        publisher.publish(download("next")).await(5, TimeUnit.SECONDS);
    }

    @Test
    void failsWhatGoesToAMissingExchangeAndRecovers() throws Exception {
        ConfirmedPublisher publisher = publisher();

        Future<Void> lost = publisher.publish(
                new OutgoingMessage("no.such.exchange", "key", Buffer.buffer("{}"), new JsonObject(), "x"));

        assertThatThrownBy(() -> lost.await(5, TimeUnit.SECONDS))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("no.such.exchange");
        await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(() -> publishes(publisher, "next"));
    }

    private void publishInARow(
            ConfirmedPublisher publisher, Set<String> confirmed, List<Future<Void>> all, String name, int count) {
        for (int n = 0; n < count; n++) {
            String each = name + n;
            all.add(publisher.publish(download(each)).onSuccess(v -> confirmed.add(each)));
        }
    }
}
