package dev.sluice.message;

import dev.sluice.common.tracing.TraceParent;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.FailureAction;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * An update about a job for the backend: what the updates queue carries (snake_case JSON).
 *
 * @param progress percent, 0 to 100; never decreases until the job has ended
 * @param step one of the steps of {@link StageName}
 * @param seq increases over stages, attempts and progress updates of a job, so that a consumer can drop late updates
 * @param etaSeconds estimated remaining time of this stage, seconds, if known
 */
public record JobUpdate(
        JobId jobId,
        String mediaId,
        Status status,
        int progress,
        String step,
        Content content,
        Instant timestamp,
        long seq,
        Origin origin,
        Optional<Integer> etaSeconds) {

    private static final Set<String> PLAYLIST_FORMATS = Set.of("hls", "dash");

    public static final String TYPE = "video_processing_update";

    public JobUpdate {
        if (progress < 0 || progress > 100) {
            throw new IllegalArgumentException("progress must be 0 to 100, not " + progress);
        }
    }

    /** The first update of a claimed run. */
    public static JobUpdate started(StagedJob job, Origin origin, int minProgress, long seq, Instant now) {
        StageName stage = origin.stage();
        return new JobUpdate(
                job.id(),
                job.mediaId(),
                Status.PROCESSING,
                Math.max(minProgress, stage.startProgress()),
                stage.startStep(),
                Content.of(job),
                now,
                seq,
                origin,
                Optional.empty());
    }

    /** A copy with another sequence number. */
    public JobUpdate withSeq(long other) {
        return new JobUpdate(jobId, mediaId, status, progress, step, content, timestamp, other, origin, etaSeconds);
    }

    /** A copy with the cost of the job. */
    public JobUpdate withCost(JsonObject cost) {
        Content costed = new Content(
                content.outputs,
                content.metadata,
                content.failure,
                content.warnings,
                Optional.of(cost),
                content.growingKey);
        return new JobUpdate(jobId, mediaId, status, progress, step, costed, timestamp, seq, origin, etaSeconds);
    }

    /**
     * What an update reports besides progress.
     *
     * @param outputs renditions, playlists and thumbnails; on completion only
     * @param failure why the job failed; on failure only
     * @param warnings about the source, of a job that continues nevertheless
     * @param cost of the job, by the names of {@link dev.sluice.job.Cost#toMap}; when the job has ended only
     * @param growingKey key of the multivariant playlist that can be played now; when the video can first be watched only
     */
    public record Content(
            List<OutputFile> outputs,
            Optional<VideoMetadata> metadata,
            Optional<ErrorDetails> failure,
            List<String> warnings,
            Optional<JsonObject> cost,
            Optional<String> growingKey) {
        public static final Content EMPTY = new Content(List.of(), Optional.empty(), Optional.empty(), List.of());

        public Content {
            outputs = List.copyOf(outputs);
            warnings = List.copyOf(warnings);
        }

        /** Without a cost. */
        public Content(
                List<OutputFile> outputs,
                Optional<VideoMetadata> metadata,
                Optional<ErrorDetails> failure,
                List<String> warnings) {
            this(outputs, metadata, failure, warnings, Optional.empty(), Optional.empty());
        }

        /** Metadata and warnings of a job in progress. */
        public static Content of(StagedJob job) {
            return new Content(List.of(), job.metadata(), Optional.empty(), job.warnings());
        }

        /** A job in progress whose video can be watched. */
        public static Content growing(StagedJob job, String playlistKey) {
            return new Content(
                    List.of(),
                    job.metadata(),
                    Optional.empty(),
                    job.warnings(),
                    Optional.empty(),
                    Optional.of(playlistKey));
        }

        /** The result of a completed job. */
        public static Content completed(StagedJob job) {
            return new Content(job.outputs(), job.metadata(), Optional.empty(), job.warnings());
        }

        /** The error of a failed job. */
        public static Content failed(ErrorDetails failure, List<String> warnings) {
            return new Content(List.of(), Optional.empty(), Optional.of(failure), warnings);
        }
    }

    /**
     * The run that an update is from.
     *
     * @param attempt number of the attempt of the stage, from 1
     * @param worker the process that executes the run
     */
    public record Origin(StageName stage, int attempt, String worker) {}

    /** Status of a job. */
    public enum Status {
        PROCESSING,
        COMPLETED,
        FAILED;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Why a job failed.
     *
     * @param code for programs
     * @param message for users
     * @param traceId of the job, if it is traced
     */
    public record ErrorDetails(ErrorCode code, String message, Optional<String> traceId) {
        /** The failure of a job that is traced if {@code job} says so. */
        public static ErrorDetails of(JobException failure, StagedJob job) {
            return new ErrorDetails(
                    failure.code(), failure.message(), job.traceParent().map(TraceParent::traceId));
        }
    }

    /** The message body. */
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
            streams(content.outputs).ifPresent(streams -> json.put("streams", streams));
            poster(content.outputs).ifPresent(poster -> json.put("poster", poster));
            preview(content.outputs).ifPresent(preview -> json.put("preview", preview));
            storyboard(content.outputs).ifPresent(storyboard -> json.put("storyboard", storyboard));
            JsonArray textTracks = textTracks(content.outputs);
            if (!textTracks.isEmpty()) {
                json.put("text_tracks", textTracks);
            }
        }
        content.growingKey.ifPresent(
                key -> json.put("streams", new JsonObject().put("hls_key", key).put("state", "growing")));
        content.metadata.ifPresent(metadata -> json.put("metadata", metadataJson(metadata)));
        content.failure.ifPresent(failure -> json.put("error_message", failure.message())
                .put("error_code", failure.code().wire())
                .put("retryable", failure.code().action() == FailureAction.RETRY));
        content.failure.flatMap(ErrorDetails::traceId).ifPresent(traceId -> json.put("trace_id", traceId));
        if (!content.warnings.isEmpty()) {
            json.put("warnings", new JsonArray(content.warnings));
        }
        content.cost.ifPresent(cost -> json.put("cost", cost));
        json.put("timestamp", timestamp.toString())
                .put("seq", seq)
                .put("stage", origin.stage.key())
                .put("attempt", origin.attempt);
        etaSeconds.ifPresent(seconds -> json.put("eta_seconds", seconds));
        return json.put("worker", origin.worker);
    }

    /** The thumbnails as in messages and user tables, with keys in both spellings. */
    public JsonArray thumbnails() {
        return thumbnails(content.outputs);
    }

    /** The thumbnails among {@code outputs}, as in messages. */
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

    /** The renditions as in messages and user tables, with keys in both spellings. */
    public JsonArray videoVersions() {
        return videoVersions(content.outputs);
    }

    /** The renditions among {@code outputs}, as in messages. */
    public static JsonArray videoVersions(List<OutputFile> outputs) {
        return renditions(outputs.stream().filter(output -> output.type() == OutputFile.Type.SCALED));
    }

    private static JsonArray renditions(Stream<OutputFile> outputs) {
        JsonArray items = new JsonArray();
        outputs.forEach(output -> items.add(sized(
                        new JsonObject()
                                .put("quality", output.quality())
                                .put("s3_key", output.s3Key())
                                .put("s3Key", output.s3Key()),
                        output)
                .mergeIn(output.variant()
                        .map(known -> OutputFile.toJson(known, "average_bandwidth", "frame_rate"))
                        .orElseGet(JsonObject::new))));
        return items;
    }

    /**
     * The entry points of adaptive streaming among {@code outputs}, and the renditions that only they name, as in messages; empty if
     * none has been published.
     */
    public static Optional<JsonObject> streams(List<OutputFile> outputs) {
        JsonObject streams = new JsonObject();
        outputs.stream()
                .filter(output -> output.type() == OutputFile.Type.STREAM
                        && PLAYLIST_FORMATS.contains(output.quality())
                        && output.isPublished())
                .forEach(output -> streams.put(output.quality() + "_key", output.s3Key()));
        if (streams.isEmpty()) {
            return Optional.empty();
        }
        JsonArray renditions = renditions(outputs.stream()
                .filter(output -> output.type() == OutputFile.Type.STREAM
                        && output.variant().isPresent()
                        && output.isPublished()));
        if (!renditions.isEmpty()) {
            streams.put("renditions", renditions);
        }
        return Optional.of(streams.put("state", "complete"));
    }

    /** The poster among {@code outputs}, as in messages; empty if none has been published. */
    public static Optional<JsonObject> poster(List<OutputFile> outputs) {
        return published(outputs, OutputFile.POSTER)
                .map(output -> sized(
                        new JsonObject().put("s3_key", output.s3Key()).put("timestamp", output.timestamp()), output))
                .findFirst();
    }

    /** The preview clip among {@code outputs}, as in messages; empty if none has been published. */
    public static Optional<JsonObject> preview(List<OutputFile> outputs) {
        return published(outputs, OutputFile.PREVIEW)
                .map(output -> sized(new JsonObject().put("s3_key", output.s3Key()), output))
                .findFirst();
    }

    /** The storyboard among {@code outputs}, as in messages; empty if none has been published. */
    public static Optional<JsonObject> storyboard(List<OutputFile> outputs) {
        JsonArray sheets = new JsonArray();
        published(outputs, OutputFile.SHEET)
                .forEach(output -> sheets.add(sized(new JsonObject().put("s3_key", output.s3Key()), output)));
        return published(outputs, OutputFile.STORYBOARD)
                .map(index -> new JsonObject().put("vtt_key", index.s3Key()).put("sheets", sheets))
                .findFirst();
    }

    /** The published text tracks among {@code outputs}, as in messages. */
    public static JsonArray textTracks(List<OutputFile> outputs) {
        JsonArray items = new JsonArray();
        outputs.stream()
                .filter(OutputFile::isPublished)
                .forEach(output -> output.text()
                        .ifPresent(track -> items.add(new JsonObject()
                                .put("s3_key", output.s3Key())
                                .put("s3Key", output.s3Key())
                                .mergeIn(OutputFile.toJson(track))
                                .put("file_size", output.fileSize())
                                .put("fileSize", output.fileSize()))));
        return items;
    }

    private static Stream<OutputFile> published(List<OutputFile> outputs, String format) {
        return outputs.stream()
                .filter(output -> output.type() == OutputFile.Type.STREAM
                        && output.quality().equals(format)
                        && output.isPublished());
    }

    /** The metadata as in messages and user tables, with keys in both spellings. */
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
