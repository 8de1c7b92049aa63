package dev.sluice.message;

import dev.sluice.common.tracing.TraceParent;
import dev.sluice.job.JobId;
import dev.sluice.job.Loudness;
import dev.sluice.job.StageName;
import dev.sluice.message.json.FieldReader;
import dev.sluice.message.json.InvalidMessageException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The message of a job between the stages: download, processing and upload queues (camelCase JSON). Keeps the received JSON and
 * changes known fields only, so that unknown fields are passed on unchanged at every depth. Immutable.
 */
public final class StagedJob {
    private static final String[] STRING_FIELDS = {
        "userId",
        "mediaType",
        "s3Key",
        "originalFilename",
        "mimeType",
        "createdAt",
        "stage",
        "previousStage",
        "localVideoPath"
    };

    private static final String PLAN = "plan";
    private static final String STREAMS = "streams";
    private static final String TEXT_TRACKS = "textTracks";
    private static final String PROFILE = "profile";
    private static final int MAX_PROFILE_LENGTH = 32;
    private static final String UPDATE_OPTIONS = "answerForm";
    /** The field with the task number. */
    public static final String TASK = "task";

    private final JobId id;
    private final String mediaId;
    private final JsonObject json;
    private final int bytes;

    private StagedJob(JobId id, String mediaId, JsonObject json, int bytes) {
        this.id = id;
        this.mediaId = mediaId;
        this.json = json;
        this.bytes = bytes;
    }

    /**
     * Decodes the message of a job for {@code stage}.
     *
     * @param json not changed after this call
     * @param bytes size of its encoded form
     * @throws InvalidMessageException if a field that the stage requires is missing, or a field is invalid
     */
    static StagedJob fromJson(JsonObject json, int bytes, StageName stage) {
        FieldReader fields = new FieldReader(json);
        JobId id = fields.jobId("id");
        String mediaId = fields.name("mediaId");
        if (stage == StageName.DOWNLOAD) {
            // The legacy processor drops these after its first stage, so later stages cannot require them.
            fields.require("userId", "mediaType", "s3Key");
        } else if (fields.optionalText("s3Key").isEmpty()) {
            fields.require("localVideoPath");
        }
        fields.requireStringsIfPresent(STRING_FIELDS);
        if (fields.optionalText(PROFILE).isPresent()) {
            var unused = fields.text(PROFILE, MAX_PROFILE_LENGTH);
        }
        var unused = fields.bytes("fileSize");
        fields.requireObjectIfPresent("metadata");
        requireOutputsIfPresent(json);
        return new StagedJob(id, mediaId, json, bytes);
    }

    private static void requireOutputsIfPresent(JsonObject json) {
        Object value = json.getValue("outputs");
        if (value != null
                && !(value instanceof JsonArray array && array.stream().allMatch(JsonObject.class::isInstance))) {
            throw new InvalidMessageException("The field 'outputs' must be an array of objects.");
        }
        var unused = outputs(json);
    }

    /** The message of a new job, for the download stage. */
    public static StagedJob create(NewJob job) {
        JsonObject json = new JsonObject()
                .put("id", job.id().value())
                .put("mediaId", job.mediaId())
                .put("userId", job.userId())
                .put("mediaType", "VIDEO")
                .put("s3Key", job.s3Key())
                .put("originalFilename", job.originalFilename())
                .put("mimeType", job.mimeType())
                .put("fileSize", job.fileSize())
                .put("createdAt", job.createdAt().toString())
                .put("stage", StageName.DOWNLOAD.wireStage());
        return new StagedJob(job.id(), job.mediaId(), json, 0);
    }

    /**
     * Size of the message as received, without what was changed since: how long it takes to decode, encode or store it. 0 for
     * a message that Sluice created.
     */
    public int bytes() {
        return bytes;
    }

    public JobId id() {
        return id;
    }

    public String mediaId() {
        return mediaId;
    }

    public Optional<String> userId() {
        return text("userId");
    }

    /** {@code VIDEO}, or a type that Sluice rejects; empty after the first stage of the legacy processor. */
    public Optional<String> mediaType() {
        return text("mediaType");
    }

    /** The source object. */
    public Optional<String> s3Key() {
        return text("s3Key");
    }

    public Optional<String> originalFilename() {
        return text("originalFilename");
    }

    public Optional<String> mimeType() {
        return text("mimeType");
    }

    /** The downloaded source, relative to the workspace. */
    public Optional<String> localVideoPath() {
        return text("localVideoPath");
    }

    public Optional<VideoMetadata> metadata() {
        return json.getValue("metadata") instanceof JsonObject metadata
                ? Optional.of(VideoMetadata.fromJson(metadata))
                : Optional.empty();
    }

    /**
     * The output files of the processing stage in the order in which viewers need them: the smallest rendition, the playlists,
     * the text tracks, poster, preview clip and storyboard, the other renditions, the thumbnails. In the message, the objects of the
     * types {@code STREAM} and {@code TEXT} have fields of their own.
     */
    public List<OutputFile> outputs() {
        return outputs(json);
    }

    private static List<OutputFile> outputs(JsonObject json) {
        List<OutputFile> all = new ArrayList<>();
        if (json.getValue("outputs") instanceof JsonArray outputs) {
            outputs.forEach(output -> all.add(OutputFile.fromJson(output)));
        }
        List<OutputFile> more = new ArrayList<>(outputs(json, STREAMS, OutputFile.Type.STREAM));
        more.addAll(outputs(json, TEXT_TRACKS, OutputFile.Type.TEXT));
        all.addAll(Math.min(1, all.size()), more);
        return all;
    }

    private static List<OutputFile> outputs(JsonObject json, String field, OutputFile.Type type) {
        return json.getValue(field) instanceof JsonArray items
                ? items.stream()
                        .filter(item -> OutputFile.isOfType(type, item))
                        .map(OutputFile::fromJson)
                        .toList()
                : List.of();
    }

    /** Warnings about the source. */
    public List<String> warnings() {
        return json.getValue("warnings") instanceof JsonArray warnings
                ? warnings.stream().map(String::valueOf).toList()
                : List.of();
    }

    /** The plan of a job that is encoded in tasks. */
    public Optional<EncodePlan> plan() {
        return json.getValue(PLAN) instanceof JsonObject plan
                ? Optional.of(EncodePlan.fromJson(plan))
                : Optional.empty();
    }

    /** The task number; 0 if missing. */
    public int task() {
        return json.getValue(TASK) == null ? 0 : new FieldReader(json).integer(TASK, 0, Integer.MAX_VALUE);
    }

    public StagedJob withTask(int task) {
        return with(changed -> changed.put(TASK, task));
    }

    public StagedJob withPlan(EncodePlan plan) {
        return with(changed -> changed.put(PLAN, plan.toJson()));
    }

    public StagedJob withoutPlan() {
        return json.containsKey(PLAN) ? with(changed -> changed.remove(PLAN)) : this;
    }

    /** The profile with the settings of the encode; empty for the default one. */
    public Optional<String> profile() {
        return text(PROFILE);
    }

    /** Of a new job. */
    public StagedJob withProfile(Optional<String> profile) {
        return profile.map(name -> with(changed -> changed.put(PROFILE, name))).orElse(this);
    }

    /** The position in the trace of the job, below which its runs are; empty if it has none, or an invalid one. */
    public Optional<TraceParent> traceParent() {
        return TraceParent.parse(json.getValue(TraceParent.NAME));
    }

    public StagedJob withTraceParent(TraceParent position) {
        return with(changed -> changed.put(TraceParent.NAME, position.value()));
    }

    /** The updates that the producer requested. */
    public UpdateOptions updateOptions() {
        return UpdateOptions.of(json.getValue(UPDATE_OPTIONS));
    }

    StagedJob withUpdateOptions(UpdateOptions options) {
        return with(changed -> changed.put(UPDATE_OPTIONS, options.toJson()));
    }

    /** The message for the next stage. */
    public StagedJob forStage(StageName next) {
        return with(changed -> {
            changed.put("previousStage", json.getString("stage", next.wireStage()));
            changed.put("stage", next.wireStage());
        });
    }

    /** The message of the completed job. */
    public StagedJob completed() {
        return with(changed ->
                changed.put("previousStage", StageName.UPLOAD.wireStage()).put("stage", "COMPLETED"));
    }

    public StagedJob withSource(String localVideoPath, VideoMetadata metadata) {
        return with(changed -> {
            changed.put("localVideoPath", localVideoPath);
            JsonObject merged =
                    json.getValue("metadata") instanceof JsonObject received ? received.copy() : new JsonObject();
            changed.put("metadata", merged.mergeIn(metadata.toJson()));
        });
    }

    /** With the loudness of the published audio in the metadata; that of an earlier attempt is removed. */
    public StagedJob withLoudness(Optional<Loudness> loudness) {
        return with(changed -> {
            JsonObject metadata =
                    json.getValue("metadata") instanceof JsonObject known ? known.copy() : new JsonObject();
            metadata.remove("loudness");
            loudness.ifPresent(measured -> metadata.put("loudness", VideoMetadata.toJson(measured)));
            if (!metadata.isEmpty()) {
                changed.put("metadata", metadata);
            }
        });
    }

    public StagedJob withOutputs(List<OutputFile> outputs) {
        JsonArray array = new JsonArray();
        JsonArray streams = new JsonArray();
        JsonArray textTracks = new JsonArray();
        outputs.forEach(output -> (switch (output.type()) {
                    case STREAM -> streams;
                    case TEXT -> textTracks;
                    default -> array;
                })
                .add(output.toJson()));
        return with(changed -> {
            changed.put("outputs", array);
            if (!streams.isEmpty()) {
                changed.put(STREAMS, streams);
            }
            if (!textTracks.isEmpty()) {
                changed.put(TEXT_TRACKS, textTracks);
            }
        });
    }

    public StagedJob withWarnings(List<String> warnings) {
        return warnings.isEmpty()
                ? this
                : with(changed -> changed.put("warnings", new JsonArray(List.copyOf(warnings))));
    }

    /** A copy of the message. */
    public JsonObject toJson() {
        return json.copy();
    }

    /** The message as JSON. */
    public String encode() {
        return json.encode();
    }

    Buffer toBuffer() {
        return json.toBuffer();
    }

    /** @param change replaces fields, and never changes the value of a field: a large message is not copied for each change */
    private StagedJob with(Consumer<JsonObject> change) {
        JsonObject changed = new JsonObject(new LinkedHashMap<>(json.getMap()));
        change.accept(changed);
        return new StagedJob(id, mediaId, changed, bytes);
    }

    private Optional<String> text(String field) {
        return json.getValue(field) instanceof String text && !text.isEmpty() ? Optional.of(text) : Optional.empty();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StagedJob job && json.equals(job.json);
    }

    @Override
    public int hashCode() {
        return json.hashCode();
    }

    @Override
    public String toString() {
        return "StagedJob[" + id + "]";
    }
}
