package dev.sluice.persistence;

import dev.sluice.config.WebhooksConfig;
import dev.sluice.config.value.Secret;
import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.NewJob;
import dev.sluice.message.OutputFile;
import dev.sluice.message.StagedJob;
import dev.sluice.message.VideoMetadata;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.webhook.AddressPolicy;
import dev.sluice.webhook.WebhookEvent;
import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Sample jobs, updates and messages. */
public final class Samples {
    public static final Duration LEASE = Duration.ofSeconds(30);
    public static final VideoMetadata METADATA =
            new VideoMetadata(12.5, "h264", 2_500_000, 29.97, 1920, 1080, 1234567, "video/mp4");

    private Samples() {}

    public static StagedJob job(String id) {
        return StagedJob.create(new NewJob(
                new JobId(id),
                "media-" + id,
                "user-1",
                "uploads/a.mov",
                "a.mov",
                "video/quicktime",
                42,
                Instant.EPOCH));
    }

    /** A receiver of all events and a receiver of failures. */
    public static WebhooksConfig webhooks() {
        return new WebhooksConfig(
                List.of(
                        new WebhooksConfig.Receiver(
                                WebhookUrl.parse("https://all.test/hook"),
                                Set.of(WebhookEvent.COMPLETED, WebhookEvent.FAILED),
                                Optional.empty()),
                        new WebhooksConfig.Receiver(
                                WebhookUrl.parse("http://failures.test/"),
                                Set.of(WebhookEvent.FAILED),
                                Optional.empty())),
                Optional.of(new Secret("a-secret-of-thirty-two-characters")),
                new AddressPolicy(false),
                List.of(Duration.ofSeconds(5)),
                Duration.ofDays(1),
                Duration.ofSeconds(10));
    }

    public static RunId download(String id) {
        return RunId.ofStage(new JobId(id), StageName.DOWNLOAD);
    }

    public static RunId upload(String id) {
        return RunId.ofStage(new JobId(id), StageName.UPLOAD);
    }

    public static OutboxMessage again(StagedJob job) {
        return message("video.processing", "download", MessageCodec.encode(job), job.id() + "/again");
    }

    public static OutboxMessage message(String exchange, String key, Buffer body, String id) {
        return new OutboxMessage(exchange, key, body, new JsonObject(), id, Optional.empty(), Duration.ZERO);
    }

    public static OutboxMessage toOutboxMessage(JobUpdate update) {
        OutboxMessage message = new OutboxMessage(
                "video.updates",
                "update",
                MessageCodec.encode(update),
                new JsonObject().put("kind", "update"),
                update.jobId() + "/" + update.seq(),
                Optional.of(update.jobId().value()),
                Duration.ZERO);
        return update.status() == JobUpdate.Status.PROCESSING ? message : message.asFinal();
    }

    public static JobUpdate done(StagedJob job, Attempt attempt, long seq) {
        StageName stage = attempt.run().stage();
        return update(
                job,
                attempt,
                stage == StageName.UPLOAD ? JobUpdate.Status.COMPLETED : JobUpdate.Status.PROCESSING,
                stage.completedProgress(),
                stage.completedStep(),
                seq);
    }

    public static JobUpdate failed(StagedJob job, Attempt attempt, JobException failure) {
        JobUpdate plain = update(
                job, attempt, JobUpdate.Status.FAILED, 10, attempt.run().stage().failedStep(), 7);
        return new JobUpdate(
                plain.jobId(),
                plain.mediaId(),
                plain.status(),
                plain.progress(),
                plain.step(),
                JobUpdate.Content.failed(
                        new JobUpdate.ErrorDetails(failure.code(), failure.message(), Optional.empty()), List.of()),
                plain.timestamp(),
                plain.seq(),
                plain.origin(),
                Optional.empty());
    }

    public static JobException failure(ErrorCode code, String message) {
        return new JobException(code, message);
    }

    private static JobUpdate update(
            StagedJob job, Attempt attempt, JobUpdate.Status status, int progress, String step, long seq) {
        boolean completed = status == JobUpdate.Status.COMPLETED;
        return new JobUpdate(
                job.id(),
                job.mediaId(),
                status,
                progress,
                step,
                completed
                        ? new JobUpdate.Content(outputs(), Optional.of(METADATA), Optional.empty(), List.of())
                        : JobUpdate.Content.EMPTY,
                Instant.EPOCH,
                seq,
                new JobUpdate.Origin(attempt.run().stage(), attempt.attemptNumber(), "worker-1"),
                Optional.empty());
    }

    public static List<OutputFile> outputs() {
        return List.of(
                new OutputFile(OutputFile.Type.SCALED, "videos/m_360p.mp4", 640, 360, 1000, "video/mp4", "360p", 0),
                new OutputFile(OutputFile.Type.THUMBNAIL, "thumbnails/m_0.jpg", 320, 180, 10, "image/jpeg", "", 1.5));
    }
}
