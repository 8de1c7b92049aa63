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
 * A single-stage request as the requests queue delivers it (snake_case JSON): one message for all that is to be done about a
 * video.
 *
 * @param at when it was made, or now where it does not say so that it can be read
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
    private static final int LONGEST_TEXT = 1024;

    /**
     * Whose request one is that may be unreadable otherwise.
     *
     * @param mediaId of the video that it is about
     */
    public record Subject(JobId job, String mediaId) {}

    /** Reads one; throws {@link InvalidMessageException}. */
    static SingleStageRequest fromJson(JsonObject json) {
        FieldReader fields = new FieldReader(json);
        if (!TYPE.equals(json.getValue("type"))) {
            throw new InvalidMessageException("The field 'type' is not '" + TYPE + "'.");
        }
        return new SingleStageRequest(
                fields.jobId("job_id"),
                fields.name("media_id"),
                fields.name("user_id"),
                fields.text("s3_key", LONGEST_TEXT),
                fields.optionalText("original_filename")
                        .map(there -> fields.text("original_filename", LONGEST_TEXT))
                        .orElse(""),
                time(json.getValue("timestamp")),
                new UpdateOptions(
                        StepScheme.SINGLE_STAGE,
                        fields.bool("request_thumbnails", true),
                        fields.bool("request_progress_updates", true),
                        UpdateOptions.interval(fields.seconds("progress_interval"))));
    }

    /** Whose it is, if it says so; empty, too, for a message that calls itself something else. */
    static Optional<Subject> subject(JsonObject json) {
        if (json.getValue("type") instanceof String type && !type.equals(TYPE)) {
            return Optional.empty();
        }
        FieldReader fields = new FieldReader(json);
        try {
            return Optional.of(new Subject(fields.jobId("job_id"), fields.name("media_id")));
        } catch (InvalidMessageException notSaid) {
            return Optional.empty();
        }
    }

    /** The same work as a staged job, which answers as the request asks for. */
    public StagedJob toStagedJob() {
        return StagedJob.create(new NewJob(job, mediaId, userId, s3Key, originalFilename, "", 0, timestamp))
                .withUpdateOptions(updateOptions);
    }

    /** It is for display only: a clock that writes otherwise is no reason to refuse a video. */
    private static Instant time(@Nullable Object value) {
        try {
            return value instanceof String text ? OffsetDateTime.parse(text).toInstant() : Instant.now();
        } catch (DateTimeException otherwise) {
            return Instant.now();
        }
    }
}
