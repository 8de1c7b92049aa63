package dev.sluice.persistence.usertable;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.NewJob;
import dev.sluice.message.Report;
import dev.sluice.message.StagedJob;
import dev.sluice.message.Update;
import dev.sluice.message.VideoMetadata;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the user's tables are told, column by column. */
public final class UserCells {
    static final String CREATED_STEP = "job_created";

    private UserCells() {}

    /** Out of which a staged job can be made. */
    static final List<String> OF_A_WAITING_JOB = List.of("status", "mediaId", "userId", "s3Key", "originalFilename");

    /** What a job's row tells a reader. */
    static final List<String> OF_A_JOB = List.of(
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

    /** What a medium's row tells of its source and its owner. */
    static List<String> ofAMedium(String ownerColumn) {
        return Stream.of("id", "s3Key", "mimeType", "originalFilename", ownerColumn)
                .distinct()
                .toList();
    }

    /** The job of a row, if the row says that nobody has begun with it; not necessarily one that a worker could read. */
    static Optional<StagedJob> waitingJob(JobId id, JsonObject row) {
        if (!"PENDING".equalsIgnoreCase(row.getString("status"))) {
            return Optional.empty();
        }
        return Optional.of(StagedJob.create(new NewJob(
                id,
                row.getString("mediaId", ""),
                row.getString("userId", ""),
                row.getString("s3Key", ""),
                row.getString("originalFilename", ""),
                "",
                0,
                Instant.now())));
    }

    /** The job row after an update. */
    static Map<String, Cell> job(Update update) {
        Map<String, Cell> cells = new LinkedHashMap<>();
        cells.put("status", new Cell.Status(update.status().name()));
        cells.put("progress", new Cell.Quantity(update.progress()));
        cells.put("currentStep", new Cell.Text(update.step()));
        update.failure().ifPresent(why -> cells.put("errorMessage", new Cell.Text(storable(why.sentence()))));
        update.metadata().ifPresent(known -> cells.put("metadata", metadata(known)));
        if (update.status() == Update.Status.COMPLETED) {
            cells.put("thumbnails", new Cell.Json(update.thumbnails().encode()));
            cells.put("videoVersions", new Cell.Json(update.videoVersions().encode()));
            cells.put("completedAt", new Cell.Now());
        }
        cells.put("updatedAt", new Cell.Now());
        return cells;
    }

    /** The job row after an update that another worker than ours sent. */
    static Map<String, Cell> job(Report report) {
        Map<String, Cell> cells = new LinkedHashMap<>();
        cells.put("status", new Cell.Status(report.status().name()));
        cells.put("progress", new Cell.Quantity(report.progress()));
        report.step().ifPresent(step -> cells.put("currentStep", new Cell.Text(step)));
        report.error().ifPresent(error -> cells.put("errorMessage", new Cell.Text(error)));
        report.metadata().ifPresent(known -> cells.put("metadata", new Cell.Json(known.encode())));
        if (report.status() == Update.Status.COMPLETED) {
            cells.put("thumbnails", new Cell.Json(report.thumbnails().encode()));
            cells.put("videoVersions", new Cell.Json(report.videoVersions().encode()));
            cells.put("completedAt", new Cell.Now());
        }
        cells.put("updatedAt", new Cell.Now());
        return cells;
    }

    /** The media row after another worker than ours has completed its job. */
    static Map<String, Cell> media(Report report) {
        Map<String, Cell> cells = new LinkedHashMap<>();
        cells.put("processingStatus", new Cell.Status(report.status().name()));
        cells.put("videoProcessingStatus", new Cell.Status(report.status().name()));
        cells.put("videoThumbnails", new Cell.Json(report.thumbnails().encode()));
        cells.put("videoVersions", new Cell.Json(report.videoVersions().encode()));
        report.metadata().ifPresent(known -> cells.put("videoMetadata", new Cell.Json(known.encode())));
        cells.put("updatedAt", new Cell.Now());
        return cells;
    }

    /** The job row between two steps. */
    static Map<String, Cell> progress(int progress) {
        return Map.of("progress", new Cell.Quantity(progress), "updatedAt", new Cell.Now());
    }

    /** The media row of a medium whose job was made. */
    static Map<String, Cell> waiting() {
        return Map.of(
                "processingStatus", new Cell.Status("PENDING"),
                "videoProcessingStatus", new Cell.Status("PENDING"),
                "updatedAt", new Cell.Now());
    }

    /** The job row of a failed job that starts again at {@code stage}. */
    static Map<String, Cell> restarted(StageName stage, int progress) {
        return Map.of(
                "status", new Cell.Status(Update.Status.PROCESSING.name()),
                "progress", new Cell.Quantity(progress),
                "currentStep", new Cell.Text(stage.startStep()),
                "updatedAt", new Cell.Now());
    }

    /** What the end of a job left in its row. */
    static Map<String, Cell> noLongerEnded() {
        return Map.of("errorMessage", new Cell.Nothing(), "completedAt", new Cell.Nothing());
    }

    /** A new job row. */
    static Map<String, Cell> newJob(StagedJob job) {
        Map<String, Cell> cells = new LinkedHashMap<>();
        cells.put("id", new Cell.Text(job.id().value()));
        cells.put("mediaId", new Cell.Text(job.mediaId()));
        job.userId().ifPresent(user -> cells.put("userId", new Cell.Text(user)));
        job.s3Key().ifPresent(key -> cells.put("s3Key", new Cell.Text(key)));
        job.originalFilename().ifPresent(name -> cells.put("originalFilename", new Cell.Text(name)));
        cells.put("status", new Cell.Status("PENDING"));
        cells.put("progress", new Cell.Quantity(0));
        cells.put("currentStep", new Cell.Text(CREATED_STEP));
        cells.put("createdAt", new Cell.Now());
        cells.put("updatedAt", new Cell.Now());
        return cells;
    }

    /** A new media row. */
    static Map<String, Cell> newMedium(StagedJob job, String ownerColumn) {
        Map<String, Cell> cells = new LinkedHashMap<>();
        cells.put("id", new Cell.Text(job.mediaId()));
        job.userId().ifPresent(user -> cells.put(ownerColumn, new Cell.Text(user)));
        job.s3Key().ifPresent(key -> cells.put("s3Key", new Cell.Text(key)));
        job.originalFilename().ifPresent(name -> cells.put("originalFilename", new Cell.Text(name)));
        cells.putAll(waiting());
        cells.put("createdAt", new Cell.Now());
        return cells;
    }

    /** The media row once the job is completed; the source's own key and type stay as they are. */
    static Map<String, Cell> media(Update completed) {
        Map<String, Cell> cells = new LinkedHashMap<>();
        cells.put("processingStatus", new Cell.Status(completed.status().name()));
        cells.put("videoProcessingStatus", new Cell.Status(completed.status().name()));
        cells.put("videoThumbnails", new Cell.Json(completed.thumbnails().encode()));
        cells.put("videoVersions", new Cell.Json(completed.videoVersions().encode()));
        completed.metadata().ifPresent(known -> {
            cells.put("videoMetadata", metadata(known));
            cells.put("duration", new Cell.Quantity(known.duration()));
            cells.put("codec", new Cell.Text(storable(known.codec())));
            cells.put("bitrate", new Cell.Quantity(known.bitrate()));
            cells.put("framerate", new Cell.Quantity(known.framerate()));
        });
        cells.put("updatedAt", new Cell.Now());
        return cells;
    }

    private static Cell metadata(VideoMetadata known) {
        JsonObject json = Update.metadataJson(known);
        return new Cell.Json(json.encode());
    }

    /** PostgreSQL's texts have no NUL; what FFmpeg says about a broken file may. */
    public static String storable(String text) {
        return text.replace("\0", "");
    }
}
