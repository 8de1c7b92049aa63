package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Connection;
import dev.sluice.broker.connection.BrokerException;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.config.value.Secret;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What consumer, publisher and check promise, whatever broker they work with. */
abstract class BrokerContract<N extends BrokerNode> extends PublisherContract<N> {
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
        assertThat(delivery.isStale()).isFalse();
        stopClients();
        assertThat(remaining(Topology.DOWNLOAD_QUEUE)).isEmpty();
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
        first.requeue().await(5, TimeUnit.SECONDS);
        first.ack().await(5, TimeUnit.SECONDS);

        Delivery second = inbox.next();
        assertThat(second.redelivered()).isTrue();
        assertThat(second.isStale()).isFalse();
        stopClients();
        assertThat(remaining(Topology.DOWNLOAD_QUEUE)).containsExactly("a");
    }

    @Test
    void putsDeadLettersBackWhereTheyWereWhenSomebodyHasLookedAtThem() throws Exception {
        put(Topology.DEAD_LETTER_QUEUE, "a", "b", "c", "d");

        for (int look = 0; look < 3; look++) {
            DeadLetterBrowser browser = browser();
            assertThat(taken(browser, 3)).containsExactly("a", "b", "c");
            assertThat(browser.hasMore()).isTrue();
            browser.close().await(5, TimeUnit.SECONDS);
        }

        assertThat(remaining(Topology.DEAD_LETTER_QUEUE)).containsExactly("a", "b", "c", "d");
    }

    @Test
    void removesOnlyTheDeadLettersThatItIsToldTo() throws Exception {
        put(Topology.DEAD_LETTER_QUEUE, "a", "b", "c");
        DeadLetterBrowser browser = browser();
        List<Delivery> letters = new ArrayList<>();
        browser.fetch(10, Long.MAX_VALUE, letters::add).await(5, TimeUnit.SECONDS);

        browser.acknowledge(List.of(letters.get(1))).await(5, TimeUnit.SECONDS);
        browser.close().await(5, TimeUnit.SECONDS);

        assertThat(remaining(Topology.DEAD_LETTER_QUEUE)).containsExactly("a", "c");
    }

    @Test
    void losesNoDeadLetterWhenTwoLookAtOnce() throws Exception {
        put(Topology.DEAD_LETTER_QUEUE, "a", "b", "c", "d");
        DeadLetterBrowser one = browser();
        DeadLetterBrowser other = browser();

        // It holds a third one too, to know that there is more.
        assertThat(taken(one, 2)).containsExactly("a", "b");
        assertThat(taken(other, 10)).containsExactly("d");
        other.close().await(5, TimeUnit.SECONDS);
        one.close().await(5, TimeUnit.SECONDS);

        assertThat(remaining(Topology.DEAD_LETTER_QUEUE)).containsExactlyInAnyOrder("a", "b", "c", "d");
    }

    @Test
    void holdsOnlySoManyBytesOfDeadLetters() throws Exception {
        put(Topology.DEAD_LETTER_QUEUE, "aaaa", "bbbb", "cccc");
        DeadLetterBrowser browser = browser();

        assertThat(taken(browser, 10, 5)).containsExactly("aaaa", "bbbb");
        assertThat(browser.hasMore()).isTrue();
        browser.close().await(5, TimeUnit.SECONDS);
        assertThat(remaining(Topology.DEAD_LETTER_QUEUE)).hasSize(3);
    }

    @Test
    void stopsBrowsingWhenTheReaderHasEnough() throws Exception {
        put(Topology.DEAD_LETTER_QUEUE, "a", "b", "c");
        DeadLetterBrowser browser = browser();
        List<Delivery> letters = new ArrayList<>();

        browser.fetch(10, Long.MAX_VALUE, letter -> letters.add(letter) && letters.size() < 2)
                .await(PATIENCE_SECONDS, TimeUnit.SECONDS);

        assertThat(letters).hasSize(2);
        assertThat(browser.fetchedCount()).isEqualTo(2);
        assertThat(browser.hasMore()).isTrue();
        browser.close().await(5, TimeUnit.SECONDS);
    }

    private DeadLetterBrowser browser() throws Exception {
        return DeadLetterBrowser.open(vertx, node.config()).await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static List<String> taken(DeadLetterBrowser browser, int max) throws Exception {
        return taken(browser, max, Long.MAX_VALUE);
    }

    private static List<String> taken(DeadLetterBrowser browser, int max, long mostBytes) throws Exception {
        List<String> bodies = new ArrayList<>();
        browser.fetch(max, mostBytes, letter -> bodies.add(letter.body().toString()))
                .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return bodies;
    }

    @Test
    void takesNothingMoreWhilePausedButSettlesWhatIsUnderWay() throws Exception {
        put(Topology.DOWNLOAD_QUEUE, "a", "b", "c");
        Inbox inbox = new Inbox();
        SupervisedConsumer consumer = consumer(Topology.DOWNLOAD_QUEUE, 1, inbox);
        Delivery running = inbox.next();

        consumer.stopConsuming().await(5, TimeUnit.SECONDS);
        consumer.stopConsuming().await(5, TimeUnit.SECONDS);
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

        assertThat(old).allMatch(Delivery::isStale);
        assertThat(again).allMatch(Delivery::redelivered).noneMatch(Delivery::isStale);
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
        startedWithoutBroker.whenConsuming().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
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
    void leavesTheOtherHalfsDeclarationsAlone() throws Exception {
        publisher();
        consumer(Topology.UPDATES_QUEUE, 1, new Inbox());

        try (Connection stranger = node.connect()) {
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
                Optional.empty(),
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                RabbitMqConfig.QueueMode.CLASSIC,
                "");
        SupervisedConsumer neverStarted = newConsumer(node.config());
        SupervisedConsumer connecting = newConsumer(node.config());
        SupervisedConsumer waiting = newConsumer(nobodyThere);
        SupervisedConsumer consuming = newConsumer(node.config());
        ConfirmedPublisher publisher = new ConfirmedPublisher(vertx, nobodyThere);
        consuming.start();
        consuming.whenConsuming().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        waiting.start();
        publisher.start();
        connecting.start();

        List<Future<Void>> stops = new ArrayList<>();
        for (SupervisedConsumer consumer : List.of(neverStarted, connecting, waiting, consuming)) {
            stops.add(consumer.stop());
            stops.add(consumer.stop());
            stops.add(consumer.stopConsuming());
        }
        stops.add(publisher.stop());
        Future.all(stops).await(10, TimeUnit.SECONDS);

        assertThat(waiting.whenConsuming().failed()).isTrue();
        assertThat(publisher.whenConnected().failed()).isTrue();
        assertThatThrownBy(() -> publisher.publish(download("too late")).await(5, TimeUnit.SECONDS))
                .isInstanceOf(BrokerException.class);
    }

    @Test
    void findsNothingToComplainOfInAWorkingBroker() {
        assertThat(CheckedBroker.check(vertx, node.config()).await()).isNull();
    }

    @Test
    void namesAWrongPassword() {
        RabbitMqConfig good = node.config();
        RabbitMqConfig bad = new RabbitMqConfig(
                good.uri(),
                good.user(),
                new Secret("wrong"),
                Optional.empty(),
                good.heartbeat(),
                good.connectTimeout(),
                good.confirmTimeout(),
                good.queueMode(),
                good.prefix());

        Future<Void> check = CheckedBroker.check(vertx, bad);

        assertThatThrownBy(() -> check.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("127.0.0.1:" + node.port())
                .hasMessageContaining("'" + good.user() + "'")
                .hasMessageContaining("password");
    }

    /** Something that the broker answers with 404 and the end of the channel. */
    protected static void provokeChannelClose(Delivery delivery) {
        delivery.link()
                .execute(channel -> channel.queueDeclarePassive("no.such.queue"))
                .otherwiseEmpty()
                .await();
    }

    private SupervisedConsumer newConsumer(RabbitMqConfig config) {
        return new SupervisedConsumer(vertx, config, Topology.DOWNLOAD_QUEUE, 1, Delivery::requeue);
    }
}
