package dev.sluice.persistence.upload;

import dev.sluice.job.JobId;
import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An upload that takes more than one request.
 *
 * @param owner whose video it is
 * @param key the object that it becomes
 * @param job the id of the job that is made when all is there
 * @param bytes the length that was promised
 * @param direct whether the bytes go to the store without us
 * @param multipart the store's id, from the first part on
 * @param etags of the parts that are stored, in order
 * @param tail what came after them
 * @param received bytes in parts and tail
 * @param token fencing token of who took it last
 * @param done whether its job is made
 * @param webhook who else is to be told how that job ends
 */
public record UploadRecord(
        String id,
        String owner,
        String mediaId,
        String key,
        String fileName,
        JobId job,
        long totalBytes,
        boolean direct,
        Optional<String> multipartId,
        List<String> etags,
        Buffer pendingBytes,
        long receivedBytes,
        long token,
        boolean completed,
        Optional<WebhookUrl> webhook,
        Instant expiresAt) {

    public UploadRecord {
        etags = List.copyOf(etags);
    }

    /** The same after more has come. */
    public UploadRecord withProgress(
            Optional<String> newMultipart, List<String> newEtags, Buffer newTail, long nowReceived) {
        return new UploadRecord(
                id,
                owner,
                mediaId,
                key,
                fileName,
                job,
                totalBytes,
                direct,
                newMultipart,
                newEtags,
                newTail,
                nowReceived,
                token,
                completed,
                webhook,
                expiresAt);
    }
}
