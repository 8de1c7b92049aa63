package dev.sluice.persistence.job;

import dev.sluice.job.JobId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * What there is to say about a job, out of our tables and the user's.
 *
 * @param userId whose it is; empty where nothing says so
 * @param status PENDING, PROCESSING, COMPLETED or FAILED, or what else another system wrote
 * @param progress percent
 * @param warnings sentences about what could not be decoded, and the like
 * @param created ISO-8601, as the others
 * @param runs in the order of the stages; of a page of jobs none
 */
public record JobDetails(
        JobId id,
        Optional<String> mediaId,
        Optional<String> userId,
        Optional<String> s3Key,
        Optional<String> originalFilename,
        String status,
        int progress,
        Optional<String> step,
        Optional<String> errorCode,
        Optional<String> error,
        JsonArray thumbnails,
        JsonArray videoVersions,
        JsonArray warnings,
        Optional<JsonObject> metadata,
        Optional<String> created,
        Optional<String> updated,
        Optional<String> completed,
        List<RunStatus> runs) {

    public JobDetails {
        runs = List.copyOf(runs);
    }
}
