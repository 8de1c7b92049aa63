package dev.sluice.message;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.FailureAction;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * News of a job for the backend: what the updates queue carries (snake_case JSON).
 *
 * @param progress 0 to 100; never falls while the job lives
 * @param step one of the steps of {@link StageName}
 * @param outputs what was made; on completion only
 * @param failure why the job failed; on failure only
 * @param warnings sentences about the source that did not stop the job
 * @param seq rises over stages, attempts and ticks of a job, so that a reader can drop what comes late
 * @param attempt which attempt of the stage this is, from 1
 * @param etaSeconds how long this stage will still take, seconds, where that is known
 * @param worker the process that did it
 */
public record JobUpdate(
        JobId jobId,
        String mediaId,
        Status status,
        int progress,
        String step,
        List<OutputFile> outputs,
        Optional<VideoMetadata> metadata,
        Optional<ErrorDetails> failure,
        List<String> warnings,
        Instant timestamp,
        long seq,
        StageName stage,
        int attempt,
        Optional<Integer> etaSeconds,
        String worker) {

    public static final String TYPE = "video_processing_update";

    public JobUpdate {
        outputs = List.copyOf(outputs);
        warnings = List.copyOf(warnings);
        if (progress < 0 || progress > 100) {
            throw new IllegalArgumentException("progress is 0 to 100, not " + progress);
        }
    }

    /** The same news under another number. */
    public JobUpdate withSeq(long other) {
        return new JobUpdate(
                jobId,
                mediaId,
                status,
                progress,
                step,
                outputs,
                metadata,
                failure,
                warnings,
                timestamp,
                other,
                stage,
                attempt,
                etaSeconds,
                worker);
    }

    /** How the job is. */
    public enum Status {
        PROCESSING,
        COMPLETED,
        FAILED;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Why a job failed: the code for programs, the sentence for people. */
    public record ErrorDetails(ErrorCode code, String message) {}

    /** The message. */
    public JsonObject toJson() {
        JsonObject json = new JsonObject()
                .put("type", TYPE)
                .put("job_id", jobId.value())
                .put("media_id", mediaId)
                .put("status", status.wire())
                .put("progress", progress)
                .put("current_step", step);
        if (status == Status.COMPLETED) {
            json.put("thumbnails", thumbnails()).put("video_versions", videoVersions());
        }
        metadata.ifPresent(known -> json.put("metadata", metadataJson(known)));
        failure.ifPresent(why -> json.put("error_message", why.message())
                .put("error_code", why.code().wire())
                .put("retryable", why.code().action() == FailureAction.RETRY));
        if (!warnings.isEmpty()) {
            json.put("warnings", new JsonArray(warnings));
        }
        json.put("timestamp", timestamp.toString())
                .put("seq", seq)
                .put("stage", stage.key())
                .put("attempt", attempt);
        etaSeconds.ifPresent(seconds -> json.put("eta_seconds", seconds));
        return json.put("worker", worker);
    }

    /** The thumbnails as the wire and the user's tables have them, keys in both spellings. */
    public JsonArray thumbnails() {
        return thumbnails(outputs);
    }

    /** The thumbnails among these outputs, likewise. */
    public static JsonArray thumbnails(List<OutputFile> outputs) {
        JsonArray items = new JsonArray();
        outputs.stream()
                .filter(output -> output.type() == OutputFile.Type.THUMBNAIL)
                .forEach(output -> items.add(sized(
                        new JsonObject()
                                .put("s3_key", output.s3Key())
                                .put("s3Key", output.s3Key())
                                .put("timestamp", output.timestamp()),
                        output)));
        return items;
    }

    /** The renditions as the wire and the user's tables have them, keys in both spellings. */
    public JsonArray videoVersions() {
        return videoVersions(outputs);
    }

    /** The renditions among these outputs, likewise. */
    public static JsonArray videoVersions(List<OutputFile> outputs) {
        JsonArray items = new JsonArray();
        outputs.stream()
                .filter(output -> output.type() == OutputFile.Type.SCALED)
                .forEach(output -> items.add(sized(
                        new JsonObject()
                                .put("quality", output.quality())
                                .put("s3_key", output.s3Key())
                                .put("s3Key", output.s3Key()),
                        output)));
        return items;
    }

    /** The metadata as the wire and the user's tables have them, keys in both spellings. */
    public static JsonObject metadataJson(VideoMetadata metadata) {
        JsonObject json = metadata.toJson();
        if (json.containsKey("fileSize")) {
            json.put("file_size", json.getValue("fileSize"));
        }
        if (json.containsKey("mimeType")) {
            json.put("mime_type", json.getValue("mimeType"));
        }
        return json;
    }

    private static JsonObject sized(JsonObject item, OutputFile output) {
        return item.put("width", output.width())
                .put("height", output.height())
                .put("file_size", output.fileSize())
                .put("fileSize", output.fileSize());
    }
}
