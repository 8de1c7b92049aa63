package dev.sluice.persistence.upload;

import dev.sluice.job.JobId;
import dev.sluice.webhook.WebhookUrl;
import java.time.Instant;
import java.util.Optional;

/**
 * An upload that takes more than one request.
 *
 * @param owner the user ID of the uploader
 * @param target what the upload becomes
 * @param totalBytes the declared length
 * @param direct whether the client sends the data to the object store
 * @param fencingToken rises with each {@link UploadRepository#acquire}
 * @param completed whether its job exists
 * @param webhook receives the result of the job
 * @param metadata declared by the client; returned as received
 */
public record UploadRecord(
        String id,
        String owner,
        Target target,
        long totalBytes,
        boolean direct,
        MultipartState multipart,
        long fencingToken,
        boolean completed,
        Optional<WebhookUrl> webhook,
        Optional<String> metadata,
        Instant expiresAt) {

    /**
     * The media item, object and job of a complete upload.
     *
     * @param fileName the name given by the uploader
     */
    public record Target(String mediaId, String key, String fileName, JobId job) {}

    public UploadRecord with(MultipartState newMultipart) {
        return new UploadRecord(
                id,
                owner,
                target,
                totalBytes,
                direct,
                newMultipart,
                fencingToken,
                completed,
                webhook,
                metadata,
                expiresAt);
    }
}
