package dev.sluice.backend.job;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.message.NewJob;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectMetadata;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.persistence.job.JobDetails;
import dev.sluice.persistence.job.JobQueryRepository;
import dev.sluice.persistence.job.MediaRecord;
import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * The jobs of media that lie in the store already. A medium is known by its row, or where there is none by a job of it. Futures
 * fail with a {@link RequestRejectedException} when the caller gets a no.
 */
public final class MediaJobService {
    private final JobQueryRepository records;
    private final JobSubmissionService submission;
    private final ObjectStore blobs;
    private final String ownerColumn;
    private final JobWebhookResolver receiver;

    /** @param ownerColumn the column of the media table that says whose a medium is */
    public MediaJobService(
            JobQueryRepository records,
            JobSubmissionService submission,
            ObjectStore blobs,
            String ownerColumn,
            JobWebhookResolver receiver) {
        this.records = records;
        this.submission = submission;
        this.blobs = blobs;
        this.ownerColumn = ownerColumn;
        this.receiver = receiver;
    }

    /**
     * Makes the job of a medium; gives the one that is under way where there is one.
     *
     * @param webhookUrl who else is to be told how it ends
     */
    public Future<JobId> process(String mediaId, Caller caller, Optional<String> webhookUrl) {
        return medium(mediaId, caller).compose(medium -> {
            Optional<WebhookUrl> webhook = receiver.at(webhookUrl);
            return source(medium).compose(source -> submission.createUnlessUnderWay(job(medium, source), webhook));
        });
    }

    /** The newest job of a medium. */
    public Future<JobDetails> newest(String mediaId, Caller caller) {
        return medium(mediaId, caller)
                .compose(medium -> records.newestOf(mediaId))
                .map(found -> found.orElseThrow(() -> new RequestRejectedException(
                        RequestRejectedException.Reason.UNKNOWN, "There is no job of this medium yet.")));
    }

    /** A job, if the caller may see it. */
    public Future<JobDetails> own(JobId id, Caller caller) {
        return records.job(id).map(found -> {
            JobDetails job = found.orElseThrow(() -> new RequestRejectedException(
                    RequestRejectedException.Reason.UNKNOWN, "There is no job of this id."));
            if (!caller.owns(job.userId())) {
                throw new RequestRejectedException(RequestRejectedException.Reason.NOT_YOURS, "The job is not yours.");
            }
            return job;
        });
    }

    private Future<Medium> medium(String mediaId, Caller caller) {
        return Future.all(records.medium(mediaId, ownerColumn), records.newestOf(mediaId))
                .map(both -> Medium.of(mediaId, both.resultAt(0), both.resultAt(1)))
                .map(found -> found.orElseThrow(() -> new RequestRejectedException(
                        RequestRejectedException.Reason.UNKNOWN, "There is no medium of this id.")))
                .map(medium -> {
                    if (!caller.owns(medium.owner())) {
                        throw new RequestRejectedException(
                                RequestRejectedException.Reason.NOT_YOURS, "The medium is not yours.");
                    }
                    return medium;
                });
    }

    private Future<Source> source(Medium medium) {
        if (medium.mimeType().filter(type -> !type.startsWith("video/")).isPresent()) {
            return Future.failedFuture(new RequestRejectedException(
                    RequestRejectedException.Reason.NOT_A_VIDEO, "The medium is not a video."));
        }
        ObjectKey key;
        try {
            key = new ObjectKey(medium.s3Key().orElse(""));
        } catch (IllegalArgumentException unusable) {
            return Future.failedFuture(new RequestRejectedException(
                    RequestRejectedException.Reason.NOT_IN_STORE,
                    "The medium names no object that could be in the store."));
        }
        return blobs.head(key)
                .map(info -> new Source(key, info))
                .recover(cause -> cause instanceof JobException failure && failure.code() == ErrorCode.OBJECT_NOT_FOUND
                        ? Future.failedFuture(new RequestRejectedException(
                                RequestRejectedException.Reason.NOT_IN_STORE,
                                "The medium's object is not in the store."))
                        : Future.failedFuture(cause));
    }

    private static StagedJob job(Medium medium, Source source) {
        String file = source.key().value();
        return StagedJob.create(new NewJob(
                new JobId(UUID.randomUUID().toString()),
                medium.id(),
                medium.owner().orElse("sluice"),
                file,
                medium.originalFilename().orElse(file.substring(file.lastIndexOf('/') + 1)),
                medium.mimeType().orElse(""),
                source.info().size(),
                Instant.now()));
    }

    private record Source(ObjectKey key, ObjectMetadata info) {}

    private record Medium(
            String id,
            Optional<String> owner,
            Optional<String> s3Key,
            Optional<String> mimeType,
            Optional<String> originalFilename) {

        static Optional<Medium> of(String id, Optional<MediaRecord> row, Optional<JobDetails> job) {
            return row.isEmpty() && job.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Medium(
                            id,
                            row.flatMap(MediaRecord::owner).or(() -> job.flatMap(JobDetails::userId)),
                            row.flatMap(MediaRecord::s3Key).or(() -> job.flatMap(JobDetails::s3Key)),
                            row.flatMap(MediaRecord::mimeType),
                            row.flatMap(MediaRecord::originalFilename)
                                    .or(() -> job.flatMap(JobDetails::originalFilename))));
        }
    }
}
