package dev.sluice.persistence.usertable;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.NewJob;
import dev.sluice.message.ReceivedUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.message.VideoMetadata;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Maps jobs and updates to the columns of the user's tables. */
public final class UserTableMapping {
    static final String CREATED_STEP = "job_created";

    /** The columns that say whether a job has ended, of the job table and of the media table. */
    static final List<String> JOB_STATUS = List.of("status");

    static final List<String> MEDIA_STATUS = List.of("processingStatus", "videoProcessingStatus");

    private UserTableMapping() {}

    /** The columns from which a staged job is built. */
    static final List<String> PENDING_JOB_COLUMNS = List.of("status", "mediaId", "userId", "s3Key", "originalFilename");

    /** The columns of a job that are read. */
    static final List<String> JOB_COLUMNS = List.of(
            "id",
            "mediaId",
            "userId",
            "s3Key",
            "originalFilename",
            "status",
            "progress",
            "currentStep",
            "errorMessage",
            "thumbnails",
            "videoVersions",
            "metadata",
            "createdAt",
            "updatedAt",
            "completedAt");

    /** Returns the columns of a media item that describe its source and its owner. */
    static List<String> mediaColumns(String ownerColumn) {
        return Stream.of("id", "s3Key", "mimeType", "originalFilename", ownerColumn)
                .distinct()
                .toList();
    }

    /** Returns the job of a row whose status is PENDING, else empty; a worker may be unable to decode the job. */
    static Optional<StagedJob> pendingJob(JobId id, JsonObject row) {
        if (!"PENDING".equalsIgnoreCase(row.getString("status"))) {
            return Optional.empty();
        }
        return Optional.of(StagedJob.create(new NewJob(
                id,
                text(row, "mediaId"),
                text(row, "userId"),
                text(row, "s3Key"),
                text(row, "originalFilename"),
                "",
                0,
                Instant.now())));
    }

    private static String text(JsonObject row, String column) {
        return Objects.requireNonNullElse(row.getString(column), "");
    }

    /** The job row after an update. */
    static Map<String, ColumnValue> jobUpdate(JobUpdate update) {
        Map<String, ColumnValue> cells = new LinkedHashMap<>();
        cells.put("status", new ColumnValue.Status(update.status().name()));
        cells.put("progress", new ColumnValue.Numeric(update.progress()));
        cells.put("currentStep", new ColumnValue.Text(update.step()));
        update.content()
                .failure()
                .ifPresent(why -> cells.put("errorMessage", new ColumnValue.Text(stripNul(why.message()))));
        update.content().metadata().ifPresent(known -> cells.put("metadata", metadata(known)));
        if (update.status() == JobUpdate.Status.COMPLETED) {
            cells.put("thumbnails", new ColumnValue.Json(update.thumbnails().encode()));
            cells.put(
                    "videoVersions", new ColumnValue.Json(update.videoVersions().encode()));
            cells.put("completedAt", new ColumnValue.CurrentTime());
        }
        cells.put("updatedAt", new ColumnValue.CurrentTime());
        return cells;
    }

    /** The job row after an update received from another processor. */
    static Map<String, ColumnValue> jobUpdate(ReceivedUpdate report) {
        Map<String, ColumnValue> cells = new LinkedHashMap<>();
        cells.put("status", new ColumnValue.Status(report.status().name()));
        cells.put("progress", new ColumnValue.Numeric(report.progress()));
        report.step().ifPresent(step -> cells.put("currentStep", new ColumnValue.Text(step)));
        report.error().ifPresent(error -> cells.put("errorMessage", new ColumnValue.Text(error)));
        report.metadata().ifPresent(known -> cells.put("metadata", new ColumnValue.Json(known.encode())));
        if (report.status() == JobUpdate.Status.COMPLETED) {
            cells.put("thumbnails", new ColumnValue.Json(report.thumbnails().encode()));
            cells.put(
                    "videoVersions", new ColumnValue.Json(report.videoVersions().encode()));
            cells.put("completedAt", new ColumnValue.CurrentTime());
        }
        cells.put("updatedAt", new ColumnValue.CurrentTime());
        return cells;
    }

    /** The media row after another processor has completed its job. */
    static Map<String, ColumnValue> mediaUpdate(ReceivedUpdate report) {
        Map<String, ColumnValue> cells = new LinkedHashMap<>();
        cells.put("processingStatus", new ColumnValue.Status(report.status().name()));
        cells.put(
                "videoProcessingStatus", new ColumnValue.Status(report.status().name()));
        cells.put("videoThumbnails", new ColumnValue.Json(report.thumbnails().encode()));
        cells.put("videoVersions", new ColumnValue.Json(report.videoVersions().encode()));
        report.metadata().ifPresent(known -> cells.put("videoMetadata", new ColumnValue.Json(known.encode())));
        cells.put("updatedAt", new ColumnValue.CurrentTime());
        return cells;
    }

    /** The job row between two steps. */
    static Map<String, ColumnValue> progress(int progress) {
        return Map.of("progress", new ColumnValue.Numeric(progress), "updatedAt", new ColumnValue.CurrentTime());
    }

    /** The row of a media item whose job was created. */
    static Map<String, ColumnValue> pendingMedia() {
        return Map.of(
                "processingStatus", new ColumnValue.Status("PENDING"),
                "videoProcessingStatus", new ColumnValue.Status("PENDING"),
                "updatedAt", new ColumnValue.CurrentTime());
    }

    /** The job row of a failed job that starts again at {@code stage}. */
    static Map<String, ColumnValue> restartedJob(StageName stage, int progress) {
        return Map.of(
                "status", new ColumnValue.Status(JobUpdate.Status.PROCESSING.name()),
                "progress", new ColumnValue.Numeric(progress),
                "currentStep", new ColumnValue.Text(stage.startStep()),
                "updatedAt", new ColumnValue.CurrentTime());
    }

    /** Clears the columns that the end of a job had set. */
    static Map<String, ColumnValue> clearedCompletion() {
        return Map.of("errorMessage", new ColumnValue.Null(), "completedAt", new ColumnValue.Null());
    }

    /** A new job row. */
    static Map<String, ColumnValue> jobInsert(StagedJob job) {
        Map<String, ColumnValue> cells = new LinkedHashMap<>();
        cells.put("id", new ColumnValue.Text(job.id().value()));
        cells.put("mediaId", new ColumnValue.Text(job.mediaId()));
        job.userId().ifPresent(user -> cells.put("userId", new ColumnValue.Text(user)));
        job.s3Key().ifPresent(key -> cells.put("s3Key", new ColumnValue.Text(key)));
        job.originalFilename().ifPresent(name -> cells.put("originalFilename", new ColumnValue.Text(name)));
        cells.put("status", new ColumnValue.Status("PENDING"));
        cells.put("progress", new ColumnValue.Numeric(0));
        cells.put("currentStep", new ColumnValue.Text(CREATED_STEP));
        cells.put("createdAt", new ColumnValue.CurrentTime());
        cells.put("updatedAt", new ColumnValue.CurrentTime());
        return cells;
    }

    /** A new media row. */
    static Map<String, ColumnValue> mediaInsert(StagedJob job, String ownerColumn) {
        Map<String, ColumnValue> cells = new LinkedHashMap<>();
        cells.put("id", new ColumnValue.Text(job.mediaId()));
        job.userId().ifPresent(user -> cells.put(ownerColumn, new ColumnValue.Text(user)));
        job.s3Key().ifPresent(key -> cells.put("s3Key", new ColumnValue.Text(key)));
        job.originalFilename().ifPresent(name -> cells.put("originalFilename", new ColumnValue.Text(name)));
        cells.putAll(pendingMedia());
        cells.put("createdAt", new ColumnValue.CurrentTime());
        return cells;
    }

    /** The media row once the job is completed; the source's own key and type stay as they are. */
    static Map<String, ColumnValue> mediaUpdate(JobUpdate completed) {
        Map<String, ColumnValue> cells = new LinkedHashMap<>();
        cells.put("processingStatus", new ColumnValue.Status(completed.status().name()));
        cells.put(
                "videoProcessingStatus",
                new ColumnValue.Status(completed.status().name()));
        cells.put("videoThumbnails", new ColumnValue.Json(completed.thumbnails().encode()));
        cells.put(
                "videoVersions", new ColumnValue.Json(completed.videoVersions().encode()));
        completed.content().metadata().ifPresent(known -> {
            cells.put("videoMetadata", metadata(known));
            cells.put("duration", new ColumnValue.Numeric(known.duration()));
            cells.put("codec", new ColumnValue.Text(stripNul(known.codec())));
            cells.put("bitrate", new ColumnValue.Numeric(known.bitrate()));
            cells.put("framerate", new ColumnValue.Numeric(known.framerate()));
        });
        cells.put("updatedAt", new ColumnValue.CurrentTime());
        return cells;
    }

    private static ColumnValue metadata(VideoMetadata known) {
        JsonObject json = JobUpdate.metadataJson(known);
        return new ColumnValue.Json(json.encode());
    }

    /** Removes NUL characters: PostgreSQL does not store them, and FFmpeg's output for a broken file may have them. */
    public static String stripNul(String text) {
        return text.replace("\0", "");
    }
}
