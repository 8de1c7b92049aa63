package dev.sluice.persistence.outbox;

import static dev.sluice.common.async.Await.await;
import static dev.sluice.common.async.Await.causeOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.persistence.Samples;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.db.Database;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({VertxExtension.class, ServicesExtension.class})
class OutboxIT {
    private static TestDatabase postgres;
    private static Vertx vertx;
    private static Database database;

    private static final Duration NO_DISTANCE = Duration.ZERO;
    private static final Duration HOUR = Duration.ofHours(1);

    private final Outbox outbox = new Outbox(database);
    private final Outbox otherHost = new Outbox(database);

    @BeforeAll
    static void open(Vertx sharedVertx, TestDatabase newDatabase, Store store) {
        vertx = sharedVertx;
        postgres = newDatabase;
        database = store.database();
    }

    @BeforeEach
    void empty() {
        postgres.execute("DELETE FROM sluice.outbox; DELETE FROM sluice.published_update");
    }

    @Test
    void sendsUnchangedBytesAndDeletesMessage() {
        Buffer notUtf8 = Buffer.buffer(new byte[] {0, -1, 'x', -128});
        OutboxMessage message = new OutboxMessage(
                "dead",
                "key",
                notUtf8,
                new JsonObject().put("reason", "no JSON"),
                "id-1",
                Optional.of("j"),
                Duration.ZERO);
        await(outbox.enqueue(message));
        List<OutboxMessage> sent = new ArrayList<>();

        int count = await(outbox.relay(10, NO_DISTANCE, into(sent)));

        assertThat(count).isEqualTo(1);
        assertThat(sent).containsExactly(message);
        assertThat(await(outbox.relay(10, NO_DISTANCE, into(sent)))).isZero();
        assertThat(rows()).isZero();
    }

    @Test
    void keepsMessagesWhenSendFails() {
        put("a", "b");
        IllegalStateException failure = new IllegalStateException("broker unavailable");

        Throwable cause = causeOf(outbox.relay(10, NO_DISTANCE, messages -> Future.failedFuture(failure)));
        List<OutboxMessage> sent = new ArrayList<>();
        await(outbox.relay(10, NO_DISTANCE, into(sent)));
        await(outbox.relay(10, NO_DISTANCE, into(sent)));

        assertThat(cause).isSameAs(failure);
        assertThat(sent).extracting(OutboxMessage::messageId).containsExactly("a", "b");
    }

    @Test
    void keepsMessagesWhenSenderThrows() {
        put("a", "b");

        Throwable cause = causeOf(outbox.relay(10, NO_DISTANCE, messages -> {
            throw new IllegalStateException("bug");
        }));

        assertThat(cause).hasMessage("bug");
        assertThat(rows()).isEqualTo(2);
    }

    @Test
    void doesNotBlockMessagesForOtherHosts() {
        put("a");
        Promise<Void> confirmed = Promise.promise();
        Promise<List<OutboxMessage>> received = Promise.promise();
        Future<Integer> slow = outbox.relay(10, NO_DISTANCE, messages -> {
            received.complete(messages);
            return confirmed.future();
        });
        await(received.future());
        put("b");
        List<OutboxMessage> sent = new ArrayList<>();

        await(otherHost.relay(10, NO_DISTANCE, into(sent)));
        confirmed.complete();
        await(slow);

        assertThat(sent).extracting(OutboxMessage::messageId).containsExactly("b");
        assertThat(rows()).isZero();
    }

    @Test
    void doesNotOvertakeEarlierMessageOfSameKeyInFlight() {
        putOrdered("job", "job-1");
        Promise<Void> confirmed = Promise.promise();
        Promise<List<OutboxMessage>> received = Promise.promise();
        Future<Integer> slow = outbox.relay(10, NO_DISTANCE, messages -> {
            received.complete(messages);
            return confirmed.future();
        });
        await(received.future());
        putOrdered("job", "job-2");
        List<OutboxMessage> sent = new ArrayList<>();

        int overtaking = await(otherHost.relay(10, NO_DISTANCE, into(sent)));
        confirmed.complete();
        await(slow);
        int after = await(otherHost.relay(10, NO_DISTANCE, into(sent)));

        assertThat(overtaking).isZero();
        assertThat(after).isEqualTo(1);
        assertThat(sent).extracting(OutboxMessage::messageId).containsExactly("job-2");
    }

    @Test
    void sendsSeveralMessagesOfOneKeyInOneBatch() {
        putOrdered("x", "x-1");
        putOrdered("y", "y-1");
        putOrdered("x", "x-2");
        put("z");
        List<OutboxMessage> sent = new ArrayList<>();

        await(outbox.relay(3, NO_DISTANCE, into(sent)));
        await(outbox.relay(3, NO_DISTANCE, into(sent)));

        assertThat(sent).extracting(OutboxMessage::messageId).containsExactly("x-1", "y-1", "x-2", "z");
    }

    @Test
    void keepsOrderWithinEachKeyAcrossHosts() {
        for (int n = 0; n < 40; n++) {
            for (String job : List.of("a", "b", "c")) {
                putOrdered(job, job + "/" + n);
            }
        }
        List<OutboxMessage> sent = Collections.synchronizedList(new ArrayList<>());

        await(Future.all(IntStream.range(0, 4)
                .mapToObj(host -> relayUntil(120, new Outbox(database), sent))
                .toList()));

        assertThat(sent).hasSize(120);
        for (String job : List.of("a", "b", "c")) {
            assertThat(sent.stream().map(OutboxMessage::messageId).filter(id -> id.startsWith(job)))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 40).mapToObj(n -> job + "/" + n).toList());
        }
    }

    @Test
    void delaysMessagesOfSameKeyBehindOneThatIsNotDue() {
        OutboxMessage late = Samples.message("e", "k", Buffer.buffer("1"), "late");
        await(outbox.enqueue(new OutboxMessage(
                late.exchange(),
                late.routingKey(),
                late.body(),
                late.headers(),
                "late",
                Optional.of("job"),
                Duration.ofMinutes(5))));
        putOrdered("job", "behind");
        List<OutboxMessage> sent = new ArrayList<>();

        int early = await(outbox.relay(10, NO_DISTANCE, into(sent)));
        postgres.execute("UPDATE sluice.outbox SET publish_after = now() WHERE message_id = 'late'");
        await(outbox.relay(10, NO_DISTANCE, into(sent)));

        assertThat(early).isZero();
        assertThat(sent).extracting(OutboxMessage::messageId).containsExactly("late", "behind");
    }

    @Test
    void limitsBatchToEightMebibytes() {
        int large = 1 << 20;
        List<String> ids = IntStream.range(0, 20).mapToObj(n -> "large-" + n).toList();
        ids.forEach(id -> await(outbox.enqueue(Samples.message("e", "k", Buffer.buffer(new byte[large]), id))));
        List<OutboxMessage> sent = new ArrayList<>();

        int first = await(outbox.relay(100, NO_DISTANCE, into(sent)));
        while (await(outbox.relay(100, NO_DISTANCE, into(sent))) > 0) {}

        assertThat(first).isBetween(1, 8);
        assertThat(sent).extracting(OutboxMessage::messageId).containsExactlyElementsOf(ids);
    }

    @Test
    void sendsMessageLargerThanBatchLimitAlone() {
        put("before");
        await(outbox.enqueue(Samples.message("e", "k", Buffer.buffer(new byte[9 << 20]), "huge")));
        put("behind");
        List<OutboxMessage> sent = new ArrayList<>();

        while (await(outbox.relay(100, NO_DISTANCE, into(sent))) > 0) {}

        assertThat(sent).extracting(OutboxMessage::messageId).containsExactly("before", "huge", "behind");
    }

    @Test
    void returnsTimeUntilNextMessageIsDue() {
        Optional<Duration> never = await(outbox.nextDue(NO_DISTANCE));
        await(outbox.enqueue(
                Samples.message("e", "k", Buffer.buffer("1"), "late").delayedBy(Duration.ofMinutes(5))));
        Optional<Duration> later = await(outbox.nextDue(NO_DISTANCE));
        put("now");
        Optional<Duration> now = await(outbox.nextDue(NO_DISTANCE));

        assertThat(never).isEmpty();
        assertThat(later.orElseThrow()).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
        assertThat(now).contains(Duration.ZERO);
    }

    @Test
    void sendsOthersWhenBrokerRejectsOneMessage() {
        put("1", "2", "poison", "4", "5", "6", "7");
        List<OutboxMessage> sent = new ArrayList<>();
        Function<List<OutboxMessage>, Future<Void>> broker = messages ->
                messages.stream().anyMatch(message -> message.messageId().equals("poison"))
                        ? Future.failedFuture("rejected")
                        : into(sent).apply(messages);

        for (int pass = 0; pass < 12; pass++) {
            await(outbox.relay(100, NO_DISTANCE, broker).otherwise(0));
        }

        assertThat(sent).extracting(OutboxMessage::messageId).containsExactly("1", "2", "4", "5", "6", "7");
        assertThat(postgres.value("SELECT message_id || failures FROM sluice.outbox WHERE publish_after > now()"))
                .isEqualTo("poison1");
    }

    @Test
    void publishesFinalUpdateAtItsDistanceOnAnyHost() {
        putOrdered("job", "processing");
        putFinal("job", "failed");
        List<OutboxMessage> sent = new ArrayList<>();

        await(outbox.relay(10, HOUR, into(sent)));
        int early = await(otherHost.relay(10, HOUR, into(sent)));

        assertThat(early).isZero();
        assertThat(ids(sent)).containsExactly("processing");
        assertThat(await(otherHost.nextDue(HOUR)).orElseThrow()).isBetween(HOUR.minusMinutes(5), HOUR);
        putOrdered("job", "restarted");
        assertThat(await(outbox.relay(10, HOUR, into(sent)))).isZero();

        postgres.execute("UPDATE sluice.published_update SET published_at = published_at - interval '1 hour'");
        assertThat(await(otherHost.nextDue(HOUR))).contains(Duration.ZERO);
        await(otherHost.relay(10, HOUR, into(sent)));
        assertThat(ids(sent)).containsExactly("processing", "failed", "restarted");
    }

    @Test
    void publishesFinalUpdateAtOnceWithoutUpdateBeforeIt() {
        putFinal("only", "rejected");
        List<OutboxMessage> sent = new ArrayList<>();

        assertThat(await(outbox.nextDue(HOUR))).contains(Duration.ZERO);
        await(outbox.relay(10, HOUR, into(sent)));

        assertThat(ids(sent)).containsExactly("rejected");
    }

    @Test
    void publishesFinalUpdateInTheSameBatchWithoutDistance() {
        putOrdered("near", "processing");
        putFinal("near", "completed");
        List<OutboxMessage> sent = new ArrayList<>();

        await(outbox.relay(10, NO_DISTANCE, into(sent)));

        assertThat(ids(sent)).containsExactly("processing", "completed");
    }

    private static List<String> ids(List<OutboxMessage> sent) {
        return sent.stream().map(OutboxMessage::messageId).toList();
    }

    private void putFinal(String job, String id) {
        await(outbox.enqueue(
                new OutboxMessage("e", "k", Buffer.buffer(id), new JsonObject(), id, Optional.of(job), Duration.ZERO)
                        .asFinal()));
    }

    private static Future<Void> relayUntil(int total, Outbox host, List<OutboxMessage> sent) {
        return host.relay(
                        5,
                        NO_DISTANCE,
                        messages -> vertx.timer(1).map(passed -> {
                            sent.addAll(messages);
                            return null;
                        }))
                .compose(count -> sent.size() < total ? relayUntil(total, host, sent) : Future.succeededFuture());
    }

    private static Function<List<OutboxMessage>, Future<Void>> into(List<OutboxMessage> sent) {
        return messages -> {
            sent.addAll(messages);
            return Future.succeededFuture();
        };
    }

    private void put(String... ids) {
        for (String id : ids) {
            await(outbox.enqueue(Samples.message("e", "k", Buffer.buffer(id), id)));
        }
    }

    private void putOrdered(String job, String id) {
        await(outbox.enqueue(
                new OutboxMessage("e", "k", Buffer.buffer(id), new JsonObject(), id, Optional.of(job), Duration.ZERO)));
    }

    private static int rows() {
        return Integer.parseInt(postgres.value("SELECT count(*) FROM sluice.outbox"));
    }
}
