package dev.sluice.message;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.json.FieldReader;
import dev.sluice.message.json.InvalidMessageException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A job on its way through the stages: what the download, processing and upload queues carry (camelCase JSON).
 *
 * <p>It keeps the message as it came and lays its own changes over it, so that a field we do not know leaves as it
 * arrived, at every depth.
 */
public final class StagedJob {
    private static final String[] TEXTS = {
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
    private static final String ANSWER_FORM = "answerForm";
    /** The field that says which task of its stage a message is about. */
    public static final String TASK = "task";

    private final JobId id;
    private final String mediaId;
    private final JsonObject json;

    private StagedJob(JobId id, String mediaId, JsonObject json) {
        this.id = id;
        this.mediaId = mediaId;
        this.json = json;
    }

    /**
     * Reads a staged job that waits for {@code stage}.
     *
     * @throws InvalidMessageException if a field that the stage needs is missing or has the wrong type
     */
    static StagedJob fromJson(JsonObject json, StageName stage) {
        FieldReader fields = new FieldReader(json);
        JobId id = fields.jobId("id");
        String mediaId = fields.name("mediaId");
        if (stage == StageName.DOWNLOAD) {
            // The older processor drops these after its first stage, so later stages cannot ask for them.
            fields.require("userId", "mediaType", "s3Key");
        } else if (fields.optionalText("s3Key").isEmpty()) {
            fields.require("localVideoPath");
        }
        fields.requireStringsIfPresent(TEXTS);
        var unused = fields.bytes("fileSize");
        fields.requireObjectIfPresent("metadata");
        fields.requireOutputsIfThere("outputs");
        return new StagedJob(id, mediaId, json.copy());
    }

    /** A new job as its producer makes it, waiting for its download. */
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
        return new StagedJob(job.id(), job.mediaId(), json);
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

    /** {@code VIDEO}, or something that Sluice refuses; empty after the older processor's first stage. */
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

    public Optional<String> createdAt() {
        return text("createdAt");
    }

    /** What the producer said about the size, bytes; 0 when it said nothing. Never to be trusted. */
    public long declaredFileSize() {
        return new FieldReader(json).bytes("fileSize");
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

    /** What processing made, in order: the renditions, then the thumbnails. */
    public List<OutputFile> outputs() {
        return json.getValue("outputs") instanceof JsonArray outputs
                ? outputs.stream().map(OutputFile::fromJson).toList()
                : List.of();
    }

    /** Sentences about the source that do not stop the job. */
    public List<String> warnings() {
        return json.getValue("warnings") instanceof JsonArray warnings
                ? warnings.stream().map(String::valueOf).toList()
                : List.of();
    }

    /** How the job is encoded in tasks; empty when it is not. */
    public Optional<EncodePlan> plan() {
        return json.getValue(PLAN) instanceof JsonObject plan
                ? Optional.of(EncodePlan.fromJson(plan))
                : Optional.empty();
    }

    /** Which task of its stage a message is about; 0 where it does not say. */
    public int task() {
        return json.getValue(TASK) == null ? 0 : new FieldReader(json).integer(TASK, 0, Integer.MAX_VALUE);
    }

    /** This job, as the message about one of its tasks. */
    public StagedJob withTask(int task) {
        return with(changed -> changed.put(TASK, task));
    }

    public StagedJob withPlan(EncodePlan plan) {
        return with(changed -> changed.put(PLAN, plan.toJson()));
    }

    /** This job, to be encoded as a whole. */
    public StagedJob withoutPlan() {
        return json.containsKey(PLAN) ? with(changed -> changed.remove(PLAN)) : this;
    }

    /** How its sender wants it to answer. */
    public UpdateOptions updateOptions() {
        return UpdateOptions.of(json.getValue(ANSWER_FORM));
    }

    /** This job, which answers as the producer of a single-stage request wants it to. */
    StagedJob withUpdateOptions(UpdateOptions options) {
        return with(changed -> changed.put(ANSWER_FORM, options.toJson()));
    }

    /** This job, handed on to the next stage. */
    public StagedJob forStage(StageName next) {
        return with(changed -> {
            changed.put("previousStage", json.getString("stage", next.wireStage()));
            changed.put("stage", next.wireStage());
        });
    }

    /** This job, finished. */
    public StagedJob completed() {
        return with(changed ->
                changed.put("previousStage", StageName.UPLOAD.wireStage()).put("stage", "COMPLETED"));
    }

    public StagedJob withSource(String localVideoPath, VideoMetadata metadata) {
        return with(changed -> {
            changed.put("localVideoPath", localVideoPath);
            JsonObject known = json.getValue("metadata") instanceof JsonObject given ? given.copy() : new JsonObject();
            changed.put("metadata", known.mergeIn(metadata.toJson()));
        });
    }

    public StagedJob withOutputs(List<OutputFile> outputs) {
        JsonArray array = new JsonArray();
        outputs.forEach(output -> array.add(output.toJson()));
        return with(changed -> changed.put("outputs", array));
    }

    public StagedJob withWarnings(List<String> warnings) {
        return warnings.isEmpty()
                ? this
                : with(changed -> changed.put("warnings", new JsonArray(List.copyOf(warnings))));
    }

    /** The message, a copy. */
    public JsonObject toJson() {
        return json.copy();
    }

    private StagedJob with(Consumer<JsonObject> change) {
        JsonObject changed = json.copy();
        change.accept(changed);
        return new StagedJob(id, mediaId, changed);
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
