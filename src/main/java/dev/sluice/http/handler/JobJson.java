package dev.sluice.http.handler;

import dev.sluice.persistence.job.JobDetails;
import dev.sluice.persistence.job.RunStatus;
import dev.sluice.persistence.run.FailedAttempt;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Converts jobs to JSON. */
final class JobJson {
    private JobJson() {}

    static JsonObject summary(JobDetails job) {
        JsonObject json = new JsonObject().put("job_id", job.id().value());
        put(json, "media_id", job.source().mediaId());
        put(json, "user_id", job.source().userId());
        put(json, "original_filename", job.source().originalFilename());
        json.put("status", job.status()).put("state", job.state().wire()).put("progress", job.progress());
        put(json, "current_step", job.step());
        put(json, "error_code", job.failure().code());
        put(json, "error_message", job.failure().message());
        put(json, "created_at", job.timestamps().created());
        put(json, "updated_at", job.timestamps().updated());
        put(json, "completed_at", job.timestamps().completed());
        return json;
    }

    /** The summary with outputs and metadata. */
    static JsonObject status(JobDetails job) {
        JsonObject json = summary(job)
                .put("thumbnails", job.outputs().thumbnails())
                .put("video_versions", job.outputs().videoVersions());
        put(json, "metadata", job.outputs().metadata());
        return json;
    }

    /**
     * The status with object key, profile, warnings, cost, trace ID and runs.
     *
     * @param diagnostics whether failed attempts have their diagnostics, which are for administrators
     */
    static JsonObject details(JobDetails job, boolean diagnostics) {
        JsonObject json = status(job);
        put(json, "s3_key", job.source().s3Key());
        put(json, "profile", job.source().profile());
        json.put("warnings", job.outputs().warnings());
        put(json, "cost", job.cost());
        put(json, "trace_id", job.traceId());
        JsonArray runs = new JsonArray();
        job.runs().forEach(run -> runs.add(run(run, diagnostics)));
        return json.put("runs", runs);
    }

    static JsonObject versions(JobDetails job, String mediaId) {
        return new JsonObject()
                .put("media_id", mediaId)
                .put("job_id", job.id().value())
                .put("status", job.status())
                .put("video_versions", job.outputs().videoVersions())
                .put("thumbnails", job.outputs().thumbnails());
    }

    private static JsonObject run(RunStatus run, boolean diagnostics) {
        JsonObject json = new JsonObject()
                .put("stage", run.stage().key())
                .put("task", run.task())
                .put("state", run.state())
                .put("attempts", run.attempts());
        put(json, "worker", run.worker());
        put(json, "error", run.error());
        putTimes(json, run.started(), run.finished());
        put(json, "cost", run.cost());
        put(json, "effort", run.effort());
        JsonArray failed = new JsonArray();
        run.failedAttempts().forEach(attempt -> failed.add(failed(attempt, diagnostics)));
        return json.put("failed_attempts", failed);
    }

    private static JsonObject failed(FailedAttempt attempt, boolean diagnostics) {
        JsonObject json = new JsonObject()
                .put("attempt", attempt.number())
                .put("error_code", attempt.errorCode())
                .put("error", attempt.error());
        put(json, "worker", attempt.worker());
        putTimes(json, attempt.started(), Optional.of(attempt.finished()));
        put(json, "cost", attempt.cost());
        if (diagnostics) {
            put(json, "diagnostics", attempt.diagnostics());
        }
        return json;
    }

    private static void putTimes(JsonObject json, Optional<Instant> started, Optional<Instant> finished) {
        put(json, "started_at", started.map(String::valueOf));
        put(json, "finished_at", finished.map(String::valueOf));
        started.flatMap(start -> finished.map(end -> Duration.between(start, end)))
                .filter(duration -> !duration.isNegative())
                .ifPresent(duration -> json.put("seconds", duration.toMillis() / 1000.0));
    }

    private static void put(JsonObject json, String field, Optional<?> value) {
        value.ifPresent(known -> json.put(field, known));
    }
}
