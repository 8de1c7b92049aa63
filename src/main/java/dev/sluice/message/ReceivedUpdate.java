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
 * An update as the updates queue delivers it, from whatever worker: the older processor's have no {@code seq}.
 *
 * @param progress 0 to 100
 * @param order what comes later has more: {@code seq}, or else the time in milliseconds; 0 where neither is said
 * @param numbered whether {@code order} is a {@code seq}, of which no two updates of a job have the same
 * @param message all of it, as it came
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

    /** Reads one; throws {@link InvalidMessageException}. */
    static ReceivedUpdate fromJson(JsonObject json) {
        FieldReader fields = new FieldReader(json);
        if (!JobUpdate.TYPE.equals(json.getValue("type"))) {
            throw new InvalidMessageException("The field 'type' is not '" + JobUpdate.TYPE + "'.");
        }
        boolean numbered = json.getValue("seq") != null;
        return new ReceivedUpdate(
                fields.jobId("job_id"),
                fields.name("media_id"),
                status(fields.text("status")),
                json.getValue("progress") == null ? 0 : percent(json, fields),
                fields.optionalText("current_step"),
                fields.optionalText("error_message"),
                items(json, "thumbnails"),
                items(json, "video_versions"),
                json.getValue("metadata") instanceof JsonObject known ? Optional.of(known) : Optional.empty(),
                numbered ? fields.number("seq", 0, MAX_SEQ) : time(fields),
                numbered,
                json);
    }

    private static int percent(JsonObject json, FieldReader fields) {
        // The older processor sends fractions.
        return json.getValue("progress") instanceof Double fraction && fraction >= 0 && fraction <= 100
                ? (int) Math.floor(fraction)
                : fields.integer("progress", 0, 100);
    }

    private static JobUpdate.Status status(String text) {
        return Stream.of(JobUpdate.Status.values())
                .filter(status -> status.wire().equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() ->
                        new InvalidMessageException("The field 'status' is not processing, completed or failed."));
    }

    private static JsonArray items(JsonObject json, String field) {
        Object value = json.getValue(field);
        if (value == null) {
            return new JsonArray();
        }
        if (value instanceof JsonArray array && array.stream().allMatch(JsonObject.class::isInstance)) {
            return array;
        }
        throw new InvalidMessageException("The field '" + field + "' is not an array of objects.");
    }

    private static long time(FieldReader fields) {
        return fields.optionalText("timestamp").map(ReceivedUpdate::millis).orElse(0L);
    }

    private static long millis(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException bad) {
            throw new InvalidMessageException("The field 'timestamp' is not a time as ISO-8601 has it.");
        }
    }
}
