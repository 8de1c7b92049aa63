package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;

/**
 * Quotas of each user of the HTTP API.
 *
 * @param maxOpenUploads resumable and direct uploads that are neither complete nor expired
 * @param maxOpenUploadBytes sum of their declared lengths
 * @param maxConcurrentUploads concurrent uploads through this process
 * @param maxPendingBytes data of resumable uploads that is kept in the database because it is less than a part
 * @param maxEventStreams open event streams of this process
 * @param maxUnfinishedJobs jobs that wait or run
 * @param maxRunningJobs jobs that are sent to the workers and have not ended
 * @param maxPresignedUrlsPerMinute presigned URLs signed by this process
 */
public record UserQuotas(
        int maxOpenUploads,
        long maxOpenUploadBytes,
        int maxConcurrentUploads,
        long maxPendingBytes,
        int maxEventStreams,
        int maxUnfinishedJobs,
        int maxRunningJobs,
        int maxPresignedUrlsPerMinute) {

    static UserQuotas read(ConfigSection section) {
        return new UserQuotas(
                section.integer("maxOpenUploadsPerUser", 200, 1, 1_000_000),
                section.longValue("maxOpenUploadMiBPerUser", 204_800, 1, 1 << 30) << 20,
                section.integer("maxConcurrentUploadsPerUser", 3, 1, 1000),
                section.longValue("maxPendingUploadMiBPerUser", 64, 1, 1 << 20) << 20,
                section.integer("maxEventStreamsPerUser", 50, 1, 5000),
                section.integer("maxUnfinishedJobsPerUser", 10_000, 1, 100_000_000),
                section.integer("maxRunningJobsPerUser", 1000, 1, 1_000_000),
                section.integer("maxPresignedUrlsPerMinutePerUser", 20_000, 1, 100_000_000));
    }
}
