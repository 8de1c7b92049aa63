package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.ServicesExtension.OnRabbitMq;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.cli.AdminClient;
import dev.sluice.job.JobId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Cancel and retry with a complete pipeline; on RabbitMQ where it is installed. */
@ExtendWith(ServicesExtension.class)
class JobControlIT {
    private static PipelineFixture pipeline;
    private static BackendSimulator backend;

    @BeforeAll
    static void start(@OnRabbitMq PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        backend = pipeline.backend();
        pipeline.upload("uploads/long.mp4", pipeline.clip(30));
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        pipeline.start(settings());
    }

    @Test
    void cancelsJobDuringEncodeAndRetriesIt() throws Exception {
        backend.send(job("encoding", "uploads/long.mp4"));
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(JobControlIT::isEncoding);

        OperationResult cancelled = ask(client -> client.jobs().cancel(new JobId("encoding")));

        assertThat(cancelled.isApplied()).as(cancelled.message()).isTrue();
        // Leases are renewed too rarely here: only the notification of the database can have stopped it.
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !isEncoding());
        JsonObject end = backend.awaitEnd("encoding");
        assertThat(end.getMap())
                .containsEntry("status", "failed")
                .containsEntry("error_code", "cancelled")
                .containsEntry("current_step", "processing_failed")
                .containsEntry("retryable", false);
        assertThat(
                        pipeline.database()
                                .query(
                                        "SELECT \"status\", \"errorMessage\" FROM \"VideoProcessingJob\" WHERE \"id\" = 'encoding'"))
                .containsExactly(Map.of("status", "FAILED", "errorMessage", "The job was cancelled by an operator."));
        BackendSimulator.awaitThat(pipeline::workspaceIsEmpty);
        pipeline.awaitIdle();
        assertThat(backend.messages(BackendSimulator.DEAD)).isZero();

        backend.send(job("encoding", "uploads/long.mp4"));
        pipeline.awaitIdle();
        assertThat(last("encoding").getString("error_code")).isEqualTo("cancelled");

        OperationResult retried = ask(client -> client.jobs().retry(new JobId("encoding")));

        assertThat(retried.message()).isEqualTo("Restarted at stage processing.");
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(JobControlIT::isEncoding);
        backend.send(job("next", "uploads/clip.mp4"));
        backend.awaitStep("next", "download_complete");
        assertThat(pipeline.database()
                        .value("SELECT state FROM sluice.stage_run WHERE job_id = 'encoding' AND stage = 'processing'"))
                .as("encode while the next source was downloaded")
                .isEqualTo("running");
        assertThat(ask(client -> client.jobs().cancel(new JobId("encoding"))).isApplied())
                .isTrue();
        assertThat(backend.awaitEnd("next").getString("status")).isEqualTo("completed");
        BackendSimulator.awaitThat(() -> !isEncoding() && pipeline.workspaceIsEmpty());
        assertNoDecrease("encoding");
    }

    @Test
    void retriesJobThatFailedToStoreOutputs() throws Exception {
        Path blocker = pipeline.block("videos/media-unstored");
        backend.send(job("unstored", "uploads/clip.mp4"));
        JsonObject end = backend.awaitEnd("unstored");
        assertThat(end.getMap()).containsEntry("current_step", "upload_failed").containsEntry("attempt", 2);
        BackendSimulator.awaitThat(
                () -> PipelineFixture.get(pipeline.sluice().objectStore().list("thumbnails/media-unstored", ""))
                        .isEmpty());
        Files.delete(blocker);

        OperationResult retried = ask(client -> client.jobs().retry(new JobId("unstored")));

        assertThat(retried.message()).isEqualTo("Restarted at stage processing.");
        BackendSimulator.awaitThat(() -> backend.completions("unstored") == 1);
        assertNoDecrease("unstored");
        assertThat(pipeline.database()
                        .value("SELECT counted FROM sluice.stage_run WHERE job_id = 'unstored'"
                                + " AND stage = 'download'"))
                .isEqualTo("1");
        backend.take(BackendSimulator.DEAD);
    }

    @Test
    void rejectsOperationsOnCompletedAndUnknownJobs() throws Exception {
        backend.send(job("complete", "uploads/clip.mp4"));
        backend.awaitEnd("complete");
        pipeline.awaitIdle();

        assertThat(List.of(
                        ask(client -> client.jobs().cancel(new JobId("complete"))),
                        ask(client -> client.jobs().retry(new JobId("complete")))))
                .allSatisfy(result -> {
                    assertThat(result.kind()).isEqualTo(OperationResult.Kind.CONFLICT);
                    assertThat(result.message()).contains("is completed");
                });
        assertThat(List.of(
                        ask(client -> client.jobs().cancel(new JobId("unknown"))),
                        ask(client -> client.jobs().retry(new JobId("unknown")))))
                .allSatisfy(result -> assertThat(result.kind()).isEqualTo(OperationResult.Kind.NOT_FOUND));
        assertThat(backend.completions("complete")).isEqualTo(1);
    }

    private static void assertNoDecrease(String job) {
        List<JsonObject> updates = backend.updates(job);
        assertThat(updates.stream().map(update -> update.getLong("seq")))
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(updates.stream().map(update -> update.getInteger("progress")))
                .isSorted();
    }

    private static JsonObject last(String job) {
        List<JsonObject> updates = backend.updates(job);
        return updates.get(updates.size() - 1);
    }

    private static boolean isEncoding() {
        return ProcessHandle.current()
                .descendants()
                .anyMatch(process -> process.info().command().orElse("").endsWith("/ffmpeg")
                        && process.info().commandLine().orElse("").contains("-filter_complex"));
    }

    private static <T> T ask(Function<AdminClient, Future<T>> question) {
        return AdminClient.run(pipeline.config(settings()), question);
    }

    private static JsonObject settings() {
        return new JsonObject()
                .put("media", new JsonObject().put("preset", "veryslow"))
                .put("keys", new JsonObject().put("video", "videos/{mediaId}/{quality}.mp4"))
                .put("delivery", new JsonObject().put("leaseSeconds", 600).put("leaseRenewSeconds", 200))
                .put(
                        "stages",
                        new JsonObject()
                                .put(
                                        "upload",
                                        new JsonObject()
                                                .put("maxAttempts", 2)
                                                .put("backoffSeconds", new JsonArray().add(0.1))));
    }
}
