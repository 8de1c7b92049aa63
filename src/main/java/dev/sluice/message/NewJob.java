package dev.sluice.message;

import dev.sluice.job.JobId;
import java.time.Instant;

/**
 * A new job, as created by its producer.
 *
 * @param fileSize bytes; 0 if unknown
 */
public record NewJob(
        JobId id,
        String mediaId,
        String userId,
        String s3Key,
        String originalFilename,
        String mimeType,
        long fileSize,
        Instant createdAt) {}
