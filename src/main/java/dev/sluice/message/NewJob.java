package dev.sluice.message;

import dev.sluice.job.JobId;
import java.time.Instant;

/**
 * What a producer knows of a job.
 *
 * @param fileSize bytes; 0 when unknown
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
