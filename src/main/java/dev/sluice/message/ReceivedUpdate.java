package dev.sluice.message;

import dev.sluice.job.JobId;
import dev.sluice.message.json.FieldReader;
import dev.sluice.message.json.InvalidMessageException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An update of the updates queue. Updates of the legacy processor have no {@code seq}.
 *
 * @param progress percent, 0 to 100
 * @param sequence higher for later updates: {@code seq}, or else the timestamp in milliseconds; 0 without either
 * @param hasSequence whether {@code sequence} is a {@code seq}, which is unique among the updates of a job
 * @param rawMessage the received message
 */
public record ReceivedUpdate(
        JobId job,
        String mediaId,
        JobUpdate.Status status,
        int progress,
        Optional<String> step,
        Optional<String> error,
        JsonArray thumbnails,
        JsonArray videoVersions,
        Optional<JsonObject> metadata,
        long sequence,
        boolean hasSequence,
        JsonObject rawMessage) {

    private static final long MAX_SEQ = (1L << 53) - 1;

    /** @throws InvalidMessageException if a field breaks a rule */
    static ReceivedUpdate fromJson(JsonObject json) {
        FieldReader fields = new FieldReader(json);
        if (!JobUpdate.TYPE.equals(json.getValue("type"))) {
            throw new InvalidMessageException("The field 'type' must be '" + JobUpdate.TYPE + "'.");
        }
        boolean hasSequence = json.getValue("seq") != null;
        return new ReceivedUpdate(
                fields.jobId("job_id"),
                fields.name("media_id"),
                status(fields.text("status")),
                json.getValue("progress") == null ? 0 : percent(json, fields),
                fields.optionalText("current_step"),
                fields.optionalText("error_message"),
                items(json, "thumbnails"),
                items(json, "video_versions"),
                json.getValue("metadata") instanceof JsonObject metadata ? Optional.of(metadata) : Optional.empty(),
                hasSequence ? fields.number("seq", 0, MAX_SEQ) : time(fields),
                hasSequence,
                json);
    }

    private static int percent(JsonObject json, FieldReader fields) {
        // The legacy processor sends fractions.
        return json.getValue("progress") instanceof Double fraction && fraction >= 0 && fraction <= 100
                ? (int) Math.floor(fraction)
                : fields.integer("progress", 0, 100);
    }

    private static JobUpdate.Status status(String text) {
        return Stream.of(JobUpdate.Status.values())
                .filter(status -> status.wire().equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new InvalidMessageException(
                        "The field 'status' must be 'processing', 'completed' or 'failed'."));
    }

    private static JsonArray items(JsonObject json, String field) {
        Object value = json.getValue(field);
        if (value == null) {
            return new JsonArray();
        }
        if (value instanceof JsonArray array && array.stream().allMatch(JsonObject.class::isInstance)) {
            return array;
        }
        throw new InvalidMessageException("The field '" + field + "' must be an array of objects.");
    }

    private static long time(FieldReader fields) {
        return fields.optionalText("timestamp").map(ReceivedUpdate::millis).orElse(0L);
    }

    private static long millis(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException invalid) {
            throw new InvalidMessageException("The field 'timestamp' must be an ISO 8601 date-time.");
        }
    }
}
