package dev.sluice.endtoend;

import static dev.sluice.endtoend.BackendSimulator.awaitThat;
import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.broker.ChildProcess;
import dev.sluice.http.TestClient;
import dev.sluice.http.TestTokens;
import dev.sluice.webhook.WebhookSignature;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Webhook delivery with a broker and a database. */
@ExtendWith(ServicesExtension.class)
@Timeout(240)
class WebhookIT {
    private static final String SECRET = "a-secret-of-thirty-two-characters";

    private PipelineFixture pipeline;
    private WebhookReceiver receiver;

    @BeforeEach
    void open(PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        pipeline.backend().stopListening();
        receiver = WebhookReceiver.at(pipeline.vertx(), ChildProcess.freePort());
    }

    @Test
    void sendsSignedWebhookOnceWhenJobIsCompleted() throws Exception {
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        receiver.listen();
        pipeline.start(settings(receiver.url()));

        pipeline.backend().send(job("done", "uploads/clip.mp4"));
        awaitThat(() -> !receiver.hooks().isEmpty());

        WebhookReceiver.Hook hook = receiver.hooks().get(0);
        assertThat(hook.json().getMap())
                .containsEntry("event", "job.completed")
                .containsEntry("id", hook.headers().get("Sluice-Delivery"))
                .containsEntry("job_id", "done")
                .containsEntry("media_id", "media-done")
                .containsEntry("status", "completed")
                .containsEntry("progress", 100)
                .containsEntry("current_step", "upload_complete")
                .containsKeys("thumbnails", "video_versions", "metadata", "timestamp")
                .doesNotContainKeys("worker", "seq", "type");
        long sent = Long.parseLong(hook.headers().get("Sluice-Timestamp"));
        assertThat(sent)
                .isBetween(Instant.now().getEpochSecond() - 60, Instant.now().getEpochSecond());
        assertThat(hook.headers())
                .containsEntry("Content-Type", "application/json")
                .containsEntry("Sluice-Signature", WebhookSignature.of(SECRET, sent, hook.body()));
        awaitThat(() -> states().equals(List.of("delivered")));

        // A duplicate, or an update of an unknown job, would be delivered before the last one.
        older("after");
        pipeline.backend().sendUpdate(update("after", "failed", 2));
        pipeline.backend().sendUpdate(update("after", "failed", 2));
        pipeline.backend().sendUpdate(update("stranger", "failed", 1));
        older("last");
        pipeline.backend().sendUpdate(update("last", "failed", 1));
        awaitThat(() -> !receiver.of("last").isEmpty());
        assertThat(receiver.hooks().stream().map(told -> told.json().getString("job_id")))
                .containsExactlyInAnyOrder("done", "after", "last");
        assertThat(receiver.of("after").get(0).json().getString("event")).isEqualTo("job.failed");
    }

    @Test
    void retriesWithSameIdUntilAccepted() throws Exception {
        receiver.answering(500, 503).listen();
        pipeline.start(settings(receiver.url()));
        older("moody");

        pipeline.backend().sendUpdate(update("moody", "completed", 1));
        awaitThat(() -> states().equals(List.of("delivered")));

        assertThat(receiver.hooks()).hasSize(3);
        assertThat(receiver.hooks().stream()
                        .map(hook -> hook.headers().get("Sluice-Delivery"))
                        .distinct())
                .hasSize(1);
    }

    @Test
    void abandonsExpiredWebhook() throws Exception {
        receiver.answering(500).listen();
        pipeline.start(settings(receiver.url()));
        older("late");
        pipeline.database()
                .execute(
                        "INSERT INTO sluice.webhook_delivery (id, job_id, event, url, origin, payload, created_at) VALUES"
                                + " (gen_random_uuid(), 'late', 'job.failed', '" + receiver.url()
                                + "', 'late', '{\"job_id\":\"late\"}', now() - interval '25 h')");

        awaitThat(() -> states().equals(List.of("given_up")));

        assertThat(pipeline.database().value("SELECT error FROM sluice.webhook_delivery"))
                .isEqualTo("HTTP status 500");
    }

    @Test
    void deliversPendingWebhookAfterRestart() throws Exception {
        pipeline.start(settings(receiver.url()));
        older("patient");
        pipeline.backend().sendUpdate(update("patient", "completed", 1));
        awaitThat(() -> !pipeline.database()
                .query("SELECT id FROM sluice.webhook_delivery WHERE tries > 0")
                .isEmpty());

        PipelineFixture.get(pipeline.sluice().stop());
        receiver.listen();
        assertThat(receiver.hooks()).isEmpty();
        pipeline.start(settings(receiver.url()));

        awaitThat(() -> states().equals(List.of("delivered")));
        assertThat(receiver.hooks()).hasSize(1);
        assertThat(receiver.hooks().get(0).headers())
                .containsEntry("Sluice-Delivery", pipeline.database().value("SELECT id FROM sluice.webhook_delivery"));
    }

    @Test
    void resendsWebhookOfKilledProcessWithSameId() throws Exception {
        receiver.hanging().listen();
        JsonObject settings = settings(receiver.url());
        settings.getJsonObject("backend").put("webhookTimeoutSeconds", 60);
        ChildProcess other = pipeline.process(settings);
        older("cut");
        pipeline.backend().sendUpdate(update("cut", "completed", 1));
        awaitThat(() -> !receiver.hooks().isEmpty());

        other.kill();
        receiver.wellAgain();
        // Simulates the expiry of the delivery of the killed process.
        pipeline.database().execute("UPDATE sluice.webhook_delivery SET due_at = now()");
        pipeline.start(settings);

        awaitThat(() -> states().equals(List.of("delivered")));
        assertThat(receiver.hooks()).hasSize(2);
        assertThat(receiver.hooks().stream()
                        .map(hook -> hook.headers().get("Sluice-Delivery"))
                        .distinct())
                .hasSize(1);
        assertThat(pipeline.database().value("SELECT tries FROM sluice.webhook_delivery"))
                .isEqualTo("2");
    }

    @Test
    void rejectsPrivateAddressUnlessAllowed() throws Exception {
        receiver.listen();
        JsonObject settings = settings("https://hooks.invalid/");
        settings.getJsonObject("backend").put("webhookAllowPrivate", false);
        pipeline.start(settings);
        pipeline.database()
                .execute("INSERT INTO sluice.job (id, message, stage, file_name) VALUES"
                        + " ('sly', '{}', 'download', 'f'); INSERT INTO sluice.job_webhook VALUES ('sly', '"
                        + receiver.url() + "', 'sly')");
        older("sly");

        pipeline.backend().sendUpdate(update("sly", "failed", 1));

        awaitThat(() -> states().contains("given_up"));
        assertThat(pipeline.database()
                        .query("SELECT tries, error FROM sluice.webhook_delivery WHERE state = 'given_up'"))
                .containsExactly(Map.of(
                        "tries",
                        "1",
                        "error",
                        "webhooks to a private address are forbidden (backend.webhookAllowPrivate)"));
        assertThat(receiver.hooks()).isEmpty();
    }

    @Test
    void doesNotBlockOtherReceiversWhenOneHangs() throws Exception {
        WebhookReceiver hanging = WebhookReceiver.at(pipeline.vertx(), ChildProcess.freePort())
                .hanging()
                .listen();
        receiver.listen();
        JsonObject settings = settings(hanging.url(), receiver.url());
        settings.getJsonObject("backend").put("webhookTimeoutSeconds", 60);
        pipeline.start(settings);
        List<String> jobs =
                IntStream.range(0, 50).mapToObj(number -> "job-" + number).toList();

        for (String job : jobs) {
            older(job);
            pipeline.backend().sendUpdate(update(job, "completed", 1));
        }

        awaitThat(() -> receiver.hooks().size() == 50);
        assertThat(receiver.hooks().stream().map(hook -> hook.json().getString("job_id")))
                .containsExactlyInAnyOrderElementsOf(jobs);
        awaitThat(() -> hanging.hooks().size() == 4);
    }

    @Test
    void sendsWebhookNamedInJob() throws Exception {
        receiver.listen();
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        pipeline.database()
                .execute("CREATE TABLE media (\"id\" text PRIMARY KEY, \"userId\" text, \"s3Key\" text);"
                        + " INSERT INTO media VALUES ('clip', 'ann', 'uploads/clip.mp4')");
        int port = pipeline.startWithBackend(new JsonObject()
                .put("backend", new JsonObject().put("webhookSecret", SECRET).put("webhookAllowPrivate", true)));
        TestClient client = new TestClient(pipeline.vertx(), port);
        String process = "/api/video-processing/media/clip/process-video";
        String ann = TestTokens.of("ann");
        PipelineFixture.get(pipeline.sluice().undeploy("download"));

        String job = client.post(process, ann, new JsonObject().put("webhookUrl", receiver.url()))
                .json()
                .getString("job_id");
        String same = client.post(process, ann, new JsonObject().put("webhookUrl", receiver.url() + "/too"))
                .json()
                .getString("job_id");
        TestClient.Reply refused =
                client.post(process, ann, new JsonObject().put("webhookUrl", "http://169.254.169.254/latest"));
        PipelineFixture.get(pipeline.sluice().deploy("download"));

        assertThat(same).isEqualTo(job);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("invalid_request");
        awaitThat(() -> states().equals(List.of("delivered", "delivered")));
        assertThat(receiver.of(job)).hasSize(2);
        String secret =
                client.get("/api/video-processing/webhook-secret", ann).json().getString("secret");
        assertThat(receiver.of(job))
                .allSatisfy(hook -> assertThat(hook.headers())
                        .containsEntry(
                                "Sluice-Signature",
                                WebhookSignature.of(
                                        secret, Long.parseLong(hook.headers().get("Sluice-Timestamp")), hook.body())));
        assertThat(client.get("/api/video-processing/webhook-secret", TestTokens.of("bob"))
                        .json()
                        .getString("secret"))
                .isNotEqualTo(secret);
    }

    private static JsonObject settings(String... urls) {
        JsonArray webhooks = new JsonArray();
        for (String url : urls) {
            webhooks.add(new JsonObject().put("url", url));
        }
        return new JsonObject()
                .put(
                        "backend",
                        new JsonObject()
                                .put("enabled", true)
                                .put("port", 0)
                                .put("jwtSecret", TestTokens.SECRET)
                                .put("webhooks", webhooks)
                                .put("webhookSecret", SECRET)
                                .put("webhookAllowPrivate", true)
                                .put("webhookBackoffSeconds", new JsonArray().add(0.2)));
    }

    /** A job processed by another system. */
    private void older(String id) {
        pipeline.database()
                .execute("INSERT INTO \"VideoProcessingJob\" (\"id\", \"mediaId\") VALUES ('" + id + "', 'm')");
    }

    private static String update(String job, String status, int seq) {
        return new JsonObject()
                .put("type", "video_processing_update")
                .put("job_id", job)
                .put("media_id", "m")
                .put("status", status)
                .put("progress", 100)
                .put("seq", seq)
                .encode();
    }

    private List<String> states() {
        return pipeline.database().query("SELECT state FROM sluice.webhook_delivery").stream()
                .map(row -> row.get("state"))
                .toList();
    }
}
