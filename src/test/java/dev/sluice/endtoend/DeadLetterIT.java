package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Connection;
import dev.sluice.ServicesExtension;
import dev.sluice.ServicesExtension.OnRabbitMq;
import dev.sluice.backend.admin.DeadLetter;
import dev.sluice.backend.admin.DeadLetterPage;
import dev.sluice.backend.admin.DeadLetterSummary;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.cli.AdminClient;
import dev.sluice.job.JobId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Dead letters of a complete pipeline: listing, replaying, discarding; on RabbitMQ where it is installed. */
@ExtendWith(ServicesExtension.class)
class DeadLetterIT {
    private static final int ATTEMPTS = 3;

    private static PipelineFixture pipeline;
    private static BackendSimulator backend;

    @BeforeAll
    static void start(@OnRabbitMq PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        backend = pipeline.backend();
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        pipeline.start(settings());
        // The dead-letter queue is declared at that point.
        BackendSimulator.awaitThat(pipeline::isConsuming);
    }

    @AfterEach
    void discardAll() throws Exception {
        pipeline.storeProxy().mend();
        List<String> left =
                deadLetters().deadLetters().stream().map(DeadLetterSummary::id).toList();
        ask(client -> client.deadLetters().discard(left));
        assertThat(deadLetters().deadLetters()).isEmpty();
    }

    @Test
    void describesFailedJobAndReplaysItsStage() throws Exception {
        pipeline.storeProxy().cut();
        JsonObject job = job("replayed", "uploads/clip.mp4");
        backend.send(job);
        backend.awaitEnd("replayed");

        DeadLetter deadLetter = awaitDeadLetter();

        assertThat(deadLetter.job()).contains(new JobId("replayed"));
        assertThat(deadLetter.details().queue()).contains(BackendSimulator.DOWNLOAD);
        assertThat(deadLetter.details().errorCode()).contains("store_unavailable");
        assertThat(deadLetter.details().attempts()).isEqualTo(ATTEMPTS);
        assertThat(deadLetter.details().failedAt()).isPresent();
        assertThat(deadLetter.details().history())
                .hasSize(ATTEMPTS)
                .allSatisfy(entry -> assertThat(((JsonObject) entry).getMap())
                        .containsEntry("error_code", "store_unavailable")
                        .containsKeys("attempt", "worker", "error", "at"));
        assertThat(deadLetter.body().toString()).isEqualTo(job.encode());
        assertThat(find(deadLetter.id().substring(0, 8))).contains(deadLetter);

        pipeline.storeProxy().mend();
        List<OperationResult> results = ask(client -> client.deadLetters().replay(List.of(deadLetter.id())));

        assertThat(results)
                .singleElement()
                .satisfies(result ->
                        assertThat(result.isApplied()).as(result.message()).isTrue());
        BackendSimulator.awaitThat(() -> backend.completions("replayed") == 1);
        assertThat(deadLetters().deadLetters()).isEmpty();
        assertNothingFell("replayed");
        assertThat(pipeline.database()
                        .query("SELECT \"status\", \"errorMessage\" IS NULL AS silent FROM \"VideoProcessingJob\""
                                + " WHERE \"id\" = 'replayed'"))
                .containsExactly(Map.of("status", "COMPLETED", "silent", "t"));
    }

    @Test
    void rejectsReplayOfJobThatHasNotFailed() throws Exception {
        pipeline.storeProxy().cut();
        backend.send(job("started", "uploads/clip.mp4"));
        DeadLetter deadLetter = awaitDeadLetter();
        pipeline.storeProxy().mend();
        ask(client -> client.jobs().retry(new JobId("started")));
        BackendSimulator.awaitThat(() -> backend.completions("started") == 1);

        List<OperationResult> results =
                ask(client -> client.deadLetters().replay(List.of(deadLetter.id(), "no-such-id")));

        assertThat(results)
                .extracting(OperationResult::kind)
                .containsExactly(OperationResult.Kind.CONFLICT, OperationResult.Kind.NOT_FOUND);
        assertThat(results.get(0).message()).contains("started", "is completed", "Discard");
        assertThat(results.get(1).target()).isEqualTo("no-such-id");
        assertThat(deadLetters().deadLetters()).containsExactly(deadLetter.summary());
        pipeline.awaitIdle();
        assertThat(backend.completions("started")).isEqualTo(1);
    }

    @Test
    void returnsUndecodableMessageToItsQueue() throws Exception {
        backend.send("not json");
        DeadLetter deadLetter = awaitDeadLetter();
        assertThat(deadLetter.details().errorCode()).contains("invalid_message");

        List<OperationResult> results = ask(client -> client.deadLetters().replay(List.of(deadLetter.id())));

        assertThat(results).allMatch(OperationResult::isApplied);
        BackendSimulator.awaitThat(() -> deadLetters().deadLetters().stream()
                .anyMatch(again -> !again.id().equals(deadLetter.id())));
        assertThat(deadLetters().deadLetters()).hasSize(1);
        assertThat(awaitDeadLetter().body().toString()).isEqualTo("not json");
    }

    @Test
    void listsDeadLettersOfOtherProducers() throws Exception {
        put("one", new AMQP.BasicProperties());
        put("two", new AMQP.BasicProperties.Builder().messageId("1").build());
        put(
                "{\"id\":\"unknown\"}",
                new AMQP.BasicProperties.Builder().messageId("1").build());

        List<String> ids =
                deadLetters().deadLetters().stream().map(DeadLetterSummary::id).toList();
        List<OperationResult> replayed = ask(client -> client.deadLetters().replay(ids));
        List<OperationResult> dropped = ask(client -> client.deadLetters().discard(List.of(ids.get(1))));

        assertThat(ids).hasSize(3).doesNotHaveDuplicates();
        assertThat(replayed).extracting(OperationResult::kind).containsOnly(OperationResult.Kind.CONFLICT);
        assertThat(dropped).allMatch(OperationResult::isApplied);
        assertThat(deadLetters().deadLetters().stream().map(DeadLetterSummary::id))
                .containsExactly(ids.get(0), ids.get(2));
    }

    @Test
    void losesNothingWhenListedConcurrently() throws Exception {
        for (int n = 0; n < 50; n++) {
            put("message " + n, new AMQP.BasicProperties());
        }

        CompletableFuture.allOf(Stream.generate(() -> CompletableFuture.runAsync(DeadLetterIT::deadLetters))
                        .limit(4)
                        .toArray(CompletableFuture[]::new))
                .get(60, TimeUnit.SECONDS);

        assertThat(deadLetters().deadLetters().stream().map(DeadLetterSummary::id))
                .hasSize(50)
                .doesNotHaveDuplicates();
    }

    /** A consumer ignores an update without a higher seq, so there must be none. */
    private static void assertNothingFell(String job) {
        List<JsonObject> updates = backend.updates(job);
        assertThat(updates.stream().map(update -> update.getLong("seq")))
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(updates.stream().map(update -> update.getInteger("progress")))
                .isSorted();
        assertThat(updates.stream().map(update -> update.getString("status")).distinct())
                .containsExactly("processing", "failed", "completed");
    }

    private static DeadLetter awaitDeadLetter() {
        BackendSimulator.awaitThat(() -> deadLetters().deadLetters().size() == 1);
        return find(deadLetters().deadLetters().get(0).id()).orElseThrow();
    }

    private static DeadLetterPage deadLetters() {
        return ask(client -> client.deadLetters().list());
    }

    private static Optional<DeadLetter> find(String id) {
        return ask(client -> client.deadLetters().find(id));
    }

    private static <T> T ask(Function<AdminClient, Future<T>> question) {
        return AdminClient.run(pipeline.config(settings()), question);
    }

    private static JsonObject settings() {
        return new JsonObject()
                .put("s3", new JsonObject().put("timeoutSeconds", 3))
                .put(
                        "stages",
                        new JsonObject()
                                .put(
                                        "download",
                                        new JsonObject()
                                                .put("maxAttempts", ATTEMPTS)
                                                .put("backoffSeconds", new JsonArray().add(0.1))));
    }

    private static void put(String body, AMQP.BasicProperties properties) throws Exception {
        try (Connection connection = pipeline.broker().connect()) {
            var channel = connection.createChannel();
            channel.confirmSelect();
            channel.basicPublish("", BackendSimulator.DEAD, properties, body.getBytes(StandardCharsets.UTF_8));
            channel.waitForConfirmsOrDie(10_000);
        }
    }
}
