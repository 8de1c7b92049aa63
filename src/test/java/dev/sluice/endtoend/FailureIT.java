package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.GetResponse;
import dev.sluice.ServicesExtension;
import dev.sluice.message.json.JsonValidator;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Failures and retries of a complete pipeline. */
@ExtendWith(ServicesExtension.class)
class FailureIT {
    private static final int ATTEMPTS = 4;
    private static final int STORE_TIMEOUT_SECONDS = 5;
    /** Fails the encodes of two jobs. */
    private static final String FAILING_ENCODES = """
            case "$*" in
            *unconvertible*) echo '[Parsed_zscale_0 @ 0x1] [error] code 3074: no path between colorspaces' >&2; exit 187 ;;
            *hapless*) echo '[mov @ 0x1] [error] Something odd in /srv/sluice/source' >&2; exit 161 ;;
            esac""";

    private static PipelineFixture pipeline;
    private static BackendSimulator backend;

    @BeforeAll
    static void start(PipelineFixture fixture, @TempDir Path scripts) throws Exception {
        pipeline = fixture;
        backend = pipeline.backend();
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        pipeline.start(new JsonObject()
                .put("delivery", new JsonObject().put("maxAttempts", ATTEMPTS))
                // An attempt at an unavailable store lasts as long as the timeouts of its requests.
                .put("s3", new JsonObject().put("timeoutSeconds", STORE_TIMEOUT_SECONDS))
                .put("ffmpeg", pipeline.ffmpegAfter(scripts, FAILING_ENCODES)));
        // The first consumer declares the dead-letter queue.
        BackendSimulator.awaitThat(pipeline::isConsuming);
    }

    @AfterEach
    void mend() throws Exception {
        pipeline.storeProxy().mend();
    }

    @Test
    void deadLettersUndecodableMessagesAndProcessesOthers() throws Exception {
        JsonObject withoutMedia = job("no-media", "uploads/clip.mp4");
        withoutMedia.remove("mediaId");

        backend.send(job("good-1", "uploads/clip.mp4"));
        backend.send("not json");
        backend.send(withoutMedia);
        backend.send(job("good-2", "uploads/clip.mp4"));

        List<GetResponse> dead = List.of(backend.take(BackendSimulator.DEAD), backend.take(BackendSimulator.DEAD));
        assertThat(dead.stream().map(FailureIT::body)).containsExactlyInAnyOrder("not json", withoutMedia.encode());
        assertThat(dead)
                .allSatisfy(message -> assertThat(headers(message))
                        .containsEntry("x-sluice-queue", BackendSimulator.DOWNLOAD)
                        .containsEntry("x-sluice-error-code", "invalid_message")
                        .hasEntrySatisfying(
                                "x-sluice-error", reason -> assertThat(reason).isNotBlank()));
        assertThat(dead.stream().map(message -> headers(message).get("x-sluice-error")))
                .anyMatch(reason -> reason.contains("mediaId"));
        assertThat(Stream.of("good-1", "good-2").map(id -> backend.awaitEnd(id).getString("status")))
                .containsExactly("completed", "completed");
    }

    @Test
    void rejectsJobOfOtherMediaType() throws Exception {
        backend.send(job("image", "uploads/clip.mp4").put("mediaType", "IMAGE"));

        assertFailedAtOnce("image", "unsupported_media_type");
    }

    @Test
    void failsJobWhenObjectIsMissing() throws Exception {
        backend.send(job("missing", "uploads/never.mp4"));

        assertFailedAtOnce("missing", "object_not_found");
        assertThat(pipeline.database()
                        .query("SELECT \"status\", \"errorMessage\" <> '' AS told, \"currentStep\""
                                + " FROM \"VideoProcessingJob\" WHERE \"id\" = 'missing'"))
                .containsExactly(Map.of("status", "FAILED", "told", "t", "currentStep", "download_failed"));
    }

    @Test
    void failsJobWhenFileIsNotVideo(@TempDir Path directory) throws Exception {
        pipeline.upload("uploads/text.mp4", Files.writeString(directory.resolve("text"), "Dear reader,\n".repeat(500)));

        backend.send(job("text", "uploads/text.mp4"));

        assertFailedAtOnce("text", "not_a_video");
    }

    @Test
    void failsJobWhenNextMessageIsTooLarge() throws Exception {
        JsonObject job = job("large", "uploads/clip.mp4").put("notes", "");
        int room = JsonValidator.MAX_BYTES - job.toBuffer().length();

        backend.send(job.put("notes", "x".repeat(room)));

        assertFailedAtOnce("large", "message_too_large");
    }

    @Test
    void failsJobAtOnceWhenFilterCannotBeConfigured() throws Exception {
        backend.send(job("unconvertible", "uploads/clip.mp4"));

        JsonObject end = backend.awaitEnd("unconvertible");
        assertThat(end.getMap())
                .containsEntry("error_code", "filter_failed")
                .containsEntry("retryable", false)
                .containsEntry("attempt", 1)
                .containsEntry(
                        "error_message", "FFmpeg cannot convert the video or audio: no path between colorspaces.");
        assertThat(diagnostics("unconvertible"))
                .startsWith("ffmpeg ")
                .endsWith("\n[Parsed_zscale_0] [error] code 3074: no path between colorspaces")
                .doesNotContain(pipeline.workspace().toString());
    }

    @Test
    void failsJobWhenFfmpegFailsTwiceAlikeBeforeFirstFrame() throws Exception {
        backend.send(job("hapless", "uploads/clip.mp4"));

        JsonObject end = backend.awaitEnd("hapless");
        GetResponse dead = backend.take(BackendSimulator.DEAD);
        assertThat(end.getMap())
                .containsEntry("error_code", "ffmpeg_failed")
                .containsEntry("attempt", 2)
                .containsEntry("error_message", "FFmpeg failed (exit code 161): Something odd in source.");
        assertThat(headers(dead).get("x-sluice-history")).contains("\"diagnostics\":\"ffmpeg ");
    }

    private static String diagnostics(String job) {
        return pipeline.database()
                .value("SELECT history -> -1 ->> 'diagnostics' FROM sluice.stage_run WHERE job_id = '" + job
                        + "' AND stage = 'processing'");
    }

    @Test
    void retriesWhenStoreIsAvailableAgain() throws Exception {
        pipeline.storeProxy().cut();
        backend.send(job("outage", "uploads/clip.mp4"));
        awaitAttempts("outage", 2);

        pipeline.storeProxy().mend();

        assertThat(backend.awaitEnd("outage").getString("status")).isEqualTo("completed");
        assertThat(attempts("outage")).isBetween(2, ATTEMPTS);
        assertThat(backend.updates("outage").stream().map(update -> update.getLong("seq")))
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void failsJobAfterMaxAttempts() throws Exception {
        pipeline.storeProxy().cut();
        JsonObject job = job("hopeless", "uploads/clip.mp4");

        backend.send(job);

        JsonObject end = backend.awaitEnd("hopeless");
        GetResponse dead = backend.take(BackendSimulator.DEAD);
        assertThat(end.getMap())
                .containsEntry("status", "failed")
                .containsEntry("current_step", "download_failed")
                .containsEntry("error_code", "store_unavailable")
                .containsEntry("attempt", ATTEMPTS);
        assertThat(body(dead)).isEqualTo(job.encode());
        assertThat(headers(dead))
                .containsEntry("x-sluice-error-code", "store_unavailable")
                .containsEntry("x-sluice-attempts", String.valueOf(ATTEMPTS));
    }

    @Test
    void failsJobAfterRepeatedWorkerLoss() throws Exception {
        JsonObject job = job("deadly", "uploads/clip.mp4");
        pipeline.database()
                .execute("INSERT INTO sluice.job (id, message, stage) VALUES ('deadly', '{}', 'download');"
                        + "INSERT INTO sluice.stage_run (job_id, stage, task, state, attempt, counted, worker, lease_until)"
                        + " VALUES ('deadly', 'download', 0, 'running', 4, 4, 'w1', now() - interval '1 minute')");

        backend.send(job);

        JsonObject end = backend.awaitEnd("deadly");
        assertThat(end.getMap()).containsEntry("status", "failed").containsEntry("error_code", "worker_lost");
        assertThat(body(backend.take(BackendSimulator.DEAD))).isEqualTo(job.encode());
        assertThat(pipeline.database().value("SELECT state FROM sluice.job WHERE id = 'deadly'"))
                .isEqualTo("failed");
    }

    @Test
    void resumesJobOfUnresponsiveWorker() throws Exception {
        pipeline.database()
                .execute("INSERT INTO sluice.job (id, message, stage) VALUES ('silent', '{}', 'download');"
                        + "INSERT INTO sluice.stage_run (job_id, stage, task, state, attempt, counted, worker, lease_until)"
                        + " VALUES ('silent', 'download', 0, 'running', 1, 1, 'w1', now() + interval '2 seconds')");

        backend.send(job("silent", "uploads/clip.mp4"));

        assertThat(backend.awaitEnd("silent").getString("status")).isEqualTo("completed");
        assertThat(attempts("silent")).isEqualTo(2);
    }

    @Test
    void countsEachRunOnceWhenDatabaseRejectsCommit() throws Exception {
        pipeline.database().execute("""
                CREATE FUNCTION sluice.refuse() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN RAISE EXCEPTION 'not today'; END $$;
                CREATE TRIGGER refuse BEFORE UPDATE ON sluice.stage_run
                    FOR EACH ROW WHEN (NEW.job_id = 'refused' AND NEW.state = 'done') EXECUTE FUNCTION sluice.refuse()
                """);
        backend.send(job("refused", "uploads/clip.mp4"));
        awaitAttempts("refused", 2);

        pipeline.database().execute("DROP TRIGGER refuse ON sluice.stage_run");
        backend.awaitEnd("refused");

        BackendSimulator.awaitThat(() -> metric("Running") == 0);
        assertThat(metric("Requeued")).isPositive();
        assertThat(metric("Started"))
                .isEqualTo(Stream.of("Completed", "Retried", "Deferred", "Failed", "Requeued", "Cancelled", "Fenced")
                        .mapToLong(FailureIT::metric)
                        .sum());
    }

    /** Sums up a metric over the stages. */
    private static long metric(String name) {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        try {
            long sum = 0;
            for (ObjectName stage : beans.queryNames(new ObjectName("dev.sluice:type=Runs,*"), null)) {
                sum += (long) beans.getAttribute(stage, name);
            }
            return sum;
        } catch (JMException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    /** The job failed at the first attempt, without a dead letter. */
    private static void assertFailedAtOnce(String id, String code) throws Exception {
        JsonObject end = backend.awaitEnd(id);
        assertThat(end.getMap())
                .containsEntry("status", "failed")
                .containsEntry("current_step", "download_failed")
                .containsEntry("error_code", code)
                .containsEntry("retryable", false);
        assertThat(end.getString("error_message")).endsWith(".");
        assertThat(attempts(id)).isEqualTo(1);
        assertThat(backend.messages(BackendSimulator.DEAD)).isZero();
    }

    private static void awaitAttempts(String id, int count) {
        BackendSimulator.awaitThat(() -> pipeline.database()
                .value("SELECT count(*) FROM sluice.stage_run WHERE job_id = '" + id + "' AND counted >= " + count)
                .equals("1"));
    }

    private static int attempts(String id) {
        return Integer.parseInt(pipeline.database()
                .value("SELECT counted FROM sluice.stage_run WHERE stage = 'download' AND job_id = '" + id + "'"));
    }

    private static String body(GetResponse message) {
        return new String(message.getBody(), StandardCharsets.UTF_8);
    }

    private static Map<String, String> headers(GetResponse message) {
        Map<String, String> texts = new HashMap<>();
        message.getProps().getHeaders().forEach((name, value) -> texts.put(name, String.valueOf(value)));
        return texts;
    }
}
