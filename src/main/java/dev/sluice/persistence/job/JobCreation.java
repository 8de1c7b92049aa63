package dev.sluice.persistence.job;

import dev.sluice.common.tracing.TraceParent;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.upload.UploadRecord;
import dev.sluice.webhook.WebhookUrl;
import java.util.Optional;

/**
 * A job to be created, and what is written in the same transaction.
 *
 * @param uploadId the upload that is completed by this job
 * @param webhook receives the result of the job, in addition to the configured receivers
 * @param creator the user whose secret signs the webhook
 */
public record JobCreation(
        StagedJob job, Media media, Optional<String> uploadId, Optional<WebhookUrl> webhook, String creator) {
    /** What happens to the media item of the job. */
    public enum Media {
        /** No change. */
        UNCHANGED,
        /** Its row is inserted. */
        NEW,
        /** Its row is marked as pending. The job is created only if no other job of the media item is running. */
        EXISTING
    }

    /** Whether a user of the API creates the job, and not an operator. */
    boolean isFromApi() {
        return media != Media.UNCHANGED;
    }

    public static JobCreation of(StagedJob job) {
        return new JobCreation(job, Media.UNCHANGED, Optional.empty(), Optional.empty(), owner(job));
    }

    public static JobCreation forNewMedia(StagedJob job, Optional<WebhookUrl> webhook) {
        return new JobCreation(job, Media.NEW, Optional.empty(), webhook, owner(job));
    }

    public static JobCreation forUpload(StagedJob job, UploadRecord upload) {
        return new JobCreation(job, Media.NEW, Optional.of(upload.id()), upload.webhook(), upload.owner());
    }

    /**
     * A job of a media item that has a row.
     *
     * @param creator may be an administrator, and not the owner of the media item
     */
    public static JobCreation forExistingMedia(StagedJob job, Optional<WebhookUrl> webhook, String creator) {
        return new JobCreation(job, Media.EXISTING, Optional.empty(), webhook, creator);
    }

    /** The creation of the same job, whose runs are below this position in its trace. */
    public JobCreation withTraceParent(TraceParent position) {
        return new JobCreation(job.withTraceParent(position), media, uploadId, webhook, creator);
    }

    private static String owner(StagedJob job) {
        return job.userId().orElse("");
    }
}
