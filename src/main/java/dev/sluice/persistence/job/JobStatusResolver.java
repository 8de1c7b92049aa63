package dev.sluice.persistence.job;

import dev.sluice.common.tracing.TraceParent;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.job.StepScheme;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.OutputFile;
import dev.sluice.message.StagedJob;
import dev.sluice.message.json.InvalidMessageException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Resolves the details of a job from its two rows. The row of Sluice applies to a job that was claimed or has ended; for
 * other jobs the user's row is newer, because another system may be processing them.
 *
 * @param tracked the row in the job table of Sluice
 * @param json the message of this row
 * @param message the decoded message; empty if another system wrote an invalid one
 * @param userRow the row in the user's job table
 */
record JobStatusResolver(
        Optional<Row> tracked, Optional<JsonObject> json, Optional<StagedJob> message, Optional<JsonObject> userRow) {
    private static final String PENDING = "PENDING";

    /** Parses the message. */
    static JobStatusResolver of(Optional<Row> tracked, Optional<JsonObject> userRow) {
        Optional<JsonObject> json = tracked.map(row -> new JsonObject(row.getString("message")));
        return new JobStatusResolver(tracked, json, json.flatMap(JobStatusResolver::decode), userRow);
    }

    /** The number of characters of the rows that are parsed. */
    static int size(Optional<Row> tracked, Optional<JsonObject> userRow) {
        return tracked.map(row -> row.getString("message").length()).orElse(0)
                + userRow.map(row -> row.stream()
                                .mapToInt(column -> column.getValue() instanceof String text ? text.length() : 0)
                                .sum())
                        .orElse(0);
    }

    private Optional<Row> trackedRow() {
        return tracked.filter(
                row -> row.getLong("seq") > 0 || !row.getString("state").equals("running"));
    }

    JobDetails details(JobId id, List<RunStatus> runs) {
        return new JobDetails(
                id,
                new JobDetails.Source(
                        text("mediaId"),
                        text("userId"),
                        text("s3Key"),
                        text("originalFilename"),
                        message.flatMap(StagedJob::profile)),
                status(),
                state(),
                progress(),
                step(),
                new JobDetails.Failure(
                        tracked.flatMap(row -> Optional.ofNullable(row.getString("error_code"))), error()),
                new JobDetails.Outputs(
                        thumbnails(),
                        videoVersions(),
                        JobUpdate.streams(outputs()),
                        JobUpdate.poster(outputs()),
                        JobUpdate.preview(outputs()),
                        JobUpdate.storyboard(outputs()),
                        JobUpdate.textTracks(outputs()),
                        warnings(),
                        metadata(),
                        publishedKeys()),
                new JobDetails.Timestamps(
                        time("created_at").or(() -> userColumn("createdAt")),
                        userColumn("updatedAt").or(() -> time("updated_at")),
                        time("finished_at").or(() -> userColumn("completedAt"))),
                tracked.map(row -> row.getJsonObject("cost")).filter(cost -> !cost.isEmpty()),
                message.flatMap(StagedJob::traceParent).map(TraceParent::traceId),
                runs);
    }

    private String status() {
        return trackedRow()
                .map(row -> switch (row.getString("state")) {
                    case "completed" -> "COMPLETED";
                    case "failed" -> "FAILED";
                    default -> "PROCESSING";
                })
                .or(() -> userColumn("status").map(status -> status.toUpperCase(Locale.ROOT)))
                .orElse(PENDING);
    }

    private JobDetails.State state() {
        return trackedRow()
                .map(row -> JobDetails.State.valueOf(row.getString("job_state").toUpperCase(Locale.ROOT)))
                .orElseGet(() -> switch (status()) {
                    case "COMPLETED" -> JobDetails.State.COMPLETED;
                    case "FAILED" -> JobDetails.State.FAILED;
                    case "PROCESSING" -> JobDetails.State.RUNNING;
                    default -> JobDetails.State.WAITING;
                });
    }

    private int progress() {
        return trackedRow()
                .map(row -> row.getInteger("progress"))
                .or(() -> userColumn("progress").map(JobStatusResolver::percent))
                .orElse(0);
    }

    private Optional<String> step() {
        return userColumn("currentStep")
                .or(() -> trackedRow().map(row -> {
                    StageName stage = StageName.of(row.getString("stage"));
                    StepScheme steps = message.map(
                                    message -> message.updateOptions().stepScheme())
                            .orElse(StepScheme.STAGED);
                    return switch (row.getString("state")) {
                        case "completed" -> steps.completedStep(stage);
                        case "failed" -> steps.failedStep(stage);
                        default -> unfinishedStep(row, stage, steps);
                    };
                }));
    }

    private String unfinishedStep(Row row, StageName stage, StepScheme steps) {
        if (state() == JobDetails.State.RUNNING || !row.getBoolean("stage_done")) {
            return stage.startStep();
        }
        return stage == StageName.PROCESSING && row.getBoolean("segmented")
                ? StageName.SEGMENTS_PLANNED_STEP
                : steps.completedStep(stage);
    }

    private Optional<String> error() {
        return tracked.flatMap(row -> Optional.ofNullable(row.getString("error_message")))
                .or(() -> userColumn("errorMessage"));
    }

    private JsonArray thumbnails() {
        return array("thumbnails").orElseGet(() -> JobUpdate.thumbnails(outputs()));
    }

    private JsonArray videoVersions() {
        return array("videoVersions").orElseGet(() -> JobUpdate.videoVersions(outputs()));
    }

    private Optional<JsonObject> metadata() {
        return userColumn("metadata")
                .flatMap(JobStatusResolver::object)
                .or(() -> message.flatMap(StagedJob::metadata).map(JobUpdate::metadataJson));
    }

    private Optional<Set<String>> publishedKeys() {
        return tracked.filter(row -> row.getLong("seq") > 0)
                .map(row -> outputs().stream().map(OutputFile::s3Key).collect(Collectors.toSet()));
    }

    private JsonArray warnings() {
        return messageField("warnings", JsonArray.class).orElseGet(JsonArray::new);
    }

    private Optional<String> text(String field) {
        return userColumn(field).or(() -> messageField(field, String.class));
    }

    private <T> Optional<T> messageField(String field, Class<T> type) {
        return json.map(fields -> fields.getValue(field))
                .filter(type::isInstance)
                .map(type::cast);
    }

    private Optional<String> time(String column) {
        return tracked.map(row -> row.getOffsetDateTime(column))
                .map(OffsetDateTime::toInstant)
                .map(String::valueOf);
    }

    /** The published outputs: those of a job that is not completed may never be published. */
    private List<OutputFile> outputs() {
        return tracked.filter(row -> row.getString("state").equals("completed"))
                .flatMap(completed -> message)
                .map(StagedJob::outputs)
                .orElse(List.of());
    }

    private static Optional<StagedJob> decode(JsonObject json) {
        try {
            return Optional.of(MessageCodec.decodeStagedJob(json, StageName.UPLOAD));
        } catch (InvalidMessageException invalid) {
            return Optional.empty();
        }
    }

    private Optional<JsonArray> array(String column) {
        try {
            return userColumn(column).map(JsonArray::new);
        } catch (DecodeException | ClassCastException notAnArray) {
            return Optional.empty();
        }
    }

    private static Optional<JsonObject> object(String text) {
        try {
            return Optional.of(new JsonObject(text));
        } catch (DecodeException | ClassCastException notAnObject) {
            return Optional.empty();
        }
    }

    /** The user's column may have any type that contains a number. */
    private static int percent(String text) {
        try {
            return (int) Math.min(100, Math.max(0, Math.floor(Double.parseDouble(text))));
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }

    private Optional<String> userColumn(String column) {
        return userRow.map(row -> row.getString(column)).filter(text -> !text.isEmpty());
    }
}
