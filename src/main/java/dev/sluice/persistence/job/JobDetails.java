package dev.sluice.persistence.job;

import dev.sluice.job.JobId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A job as the API shows it, from the job table of Sluice and the user's job table.
 *
 * @param status PENDING, PROCESSING, COMPLETED or FAILED; any other value was written by another system
 * @param state what happens to the job now
 * @param progress percent
 * @param cost what all runs used so far, by the names of {@link dev.sluice.job.Cost#toMap}
 * @param traceId of the job, if it is traced
 * @param runs in the order of the stages; empty in a page of jobs
 */
public record JobDetails(
        JobId id,
        Source source,
        String status,
        State state,
        int progress,
        Optional<String> step,
        Failure failure,
        Outputs outputs,
        Timestamps timestamps,
        Optional<JsonObject> cost,
        Optional<String> traceId,
        List<RunStatus> runs) {

    public JobDetails {
        runs = List.copyOf(runs);
    }

    JobDetails withOwner(String userId) {
        Source owned =
                new Source(source.mediaId, Optional.of(userId), source.s3Key, source.originalFilename, source.profile);
        return new JobDetails(
                id, owned, status, state, progress, step, failure, outputs, timestamps, cost, traceId, runs);
    }

    /** What happens to a job. In contrast to the status, it tells waiting from running and cancelled from failed. */
    public enum State {
        /** No worker is processing the job: it waits for the first or next stage, or for a retry. */
        WAITING,
        RUNNING,
        COMPLETED,
        FAILED,
        CANCELLED;

        /** The name in the API. */
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What a job processes.
     *
     * @param userId the owner of the media item
     * @param profile that the job names
     */
    public record Source(
            Optional<String> mediaId,
            Optional<String> userId,
            Optional<String> s3Key,
            Optional<String> originalFilename,
            Optional<String> profile) {}

    public record Failure(Optional<String> code, Optional<String> message) {}

    /**
     * Outputs and metadata of the job.
     *
     * @param streams entry points of adaptive streaming
     * @param preview key and size of the preview clip
     * @param storyboard key of its index, and its sheets
     * @param textTracks subtitles, captions and chapters
     * @param warnings about the source, for example damaged streams
     * @param publishedKeys keys of the outputs that workers of Sluice have published; empty if no worker of Sluice received the
     *     job, so that another system tells its outputs
     */
    public record Outputs(
            JsonArray thumbnails,
            JsonArray videoVersions,
            Optional<JsonObject> streams,
            Optional<JsonObject> poster,
            Optional<JsonObject> preview,
            Optional<JsonObject> storyboard,
            JsonArray textTracks,
            JsonArray warnings,
            Optional<JsonObject> metadata,
            Optional<Set<String>> publishedKeys) {}

    /** In ISO 8601. */
    public record Timestamps(Optional<String> created, Optional<String> updated, Optional<String> completed) {}
}
