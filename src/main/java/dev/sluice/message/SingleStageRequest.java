package dev.sluice.message;

import dev.sluice.job.JobId;
import dev.sluice.job.StepScheme;
import dev.sluice.message.json.FieldReader;
import dev.sluice.message.json.InvalidMessageException;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A single-stage request of the requests queue (snake_case JSON): one message for all stages of a job.
 *
 * @param timestamp of the request; now if missing or invalid
 */
public record SingleStageRequest(
        JobId job,
        String mediaId,
        String userId,
        String s3Key,
        String originalFilename,
        Instant timestamp,
        UpdateOptions updateOptions) {

    private static final String TYPE = "video_processing_request";
    private static final int MAX_TEXT_LENGTH = 1024;

    /** The job and media item of a request that may be invalid otherwise. */
    public record Subject(JobId job, String mediaId) {}

    /** @throws InvalidMessageException if a field breaks a rule */
    static SingleStageRequest fromJson(JsonObject json) {
        FieldReader fields = new FieldReader(json);
        if (!TYPE.equals(json.getValue("type"))) {
            throw new InvalidMessageException("The field 'type' must be '" + TYPE + "'.");
        }
        return new SingleStageRequest(
                fields.jobId("job_id"),
                fields.name("media_id"),
                fields.name("user_id"),
                fields.text("s3_key", MAX_TEXT_LENGTH),
                fields.optionalText("original_filename")
                        .map(present -> fields.text("original_filename", MAX_TEXT_LENGTH))
                        .orElse(""),
                time(json.getValue("timestamp")),
                new UpdateOptions(
                        StepScheme.SINGLE_STAGE,
                        fields.bool("request_thumbnails", true),
                        fields.bool("request_progress_updates", true),
                        UpdateOptions.interval(fields.seconds("progress_interval"))));
    }

    /** The subject, if given; empty also for a message of another type. */
    static Optional<Subject> subject(JsonObject json) {
        if (json.getValue("type") instanceof String type && !type.equals(TYPE)) {
            return Optional.empty();
        }
        FieldReader fields = new FieldReader(json);
        try {
            return Optional.of(new Subject(fields.jobId("job_id"), fields.name("media_id")));
        } catch (InvalidMessageException missing) {
            return Optional.empty();
        }
    }

    /** The same job as a staged job, with the requested updates. */
    public StagedJob toStagedJob() {
        return StagedJob.create(new NewJob(job, mediaId, userId, s3Key, originalFilename, "", 0, timestamp))
                .withUpdateOptions(updateOptions);
    }

    /** For display only, so an invalid timestamp does not invalidate the request. */
    private static Instant time(@Nullable Object value) {
        try {
            return value instanceof String text ? OffsetDateTime.parse(text).toInstant() : Instant.now();
        } catch (DateTimeException invalid) {
            return Instant.now();
        }
    }
}
