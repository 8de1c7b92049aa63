package dev.sluice.backend.job;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.message.NewJob;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectMetadata;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.objectstore.OutputKeys;
import dev.sluice.persistence.job.JobCreation;
import dev.sluice.persistence.job.JobDetails;
import dev.sluice.persistence.job.JobQueryRepository;
import dev.sluice.persistence.job.MediaRecord;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Jobs of media items that exist in the object store. A media item is known by its row, or by a job if it has no row.
 * Futures fail with {@link RequestRejectedException} if the request is rejected.
 */
public final class MediaJobService {
    private final JobQueryRepository queries;
    private final JobSubmissionService submission;
    private final ObjectStore objectStore;
    private final OutputKeys keys;

    public MediaJobService(
            JobQueryRepository queries, JobSubmissionService submission, ObjectStore objectStore, OutputKeys keys) {
        this.queries = queries;
        this.submission = submission;
        this.objectStore = objectStore;
        this.keys = keys;
    }

    /**
     * Creates a job of a media item, or returns its running job.
     *
     * @param options of a created job; a running one gets the webhook only
     */
    public Future<JobId> createJob(String mediaId, Caller caller, JobOptions options) {
        return requireAccessibleMedia(mediaId, caller)
                .compose(media -> submission.checkQuota(caller).map(media))
                .compose(media -> source(media)
                        .compose(source -> submission.create(JobCreation.forExistingMedia(
                                job(media, source).withProfile(options.profile()),
                                options.webhook(),
                                caller.subject())))
                        .map(Optional::orElseThrow));
    }

    /** The newest job of a media item. */
    public Future<JobDetails> latestJob(String mediaId, Caller caller) {
        return requireAccessibleMedia(mediaId, caller)
                .compose(media -> queries.latestOfMedia(media.id()))
                .map(found -> found.orElseThrow(() -> new RequestRejectedException(
                        RequestRejectedException.Reason.NOT_FOUND, "No job exists for this media item.")));
    }

    /** A job, if the caller has access to it. */
    public Future<JobDetails> requireAccessibleJob(JobId id, Caller caller) {
        return queries.job(id).map(found -> {
            JobDetails job = found.orElseThrow(
                    () -> new RequestRejectedException(RequestRejectedException.Reason.NOT_FOUND, "Job not found."));
            if (!caller.canAccess(job.source().userId())) {
                throw new RequestRejectedException(
                        RequestRejectedException.Reason.FORBIDDEN, "Access denied: the job belongs to another user.");
            }
            return job;
        });
    }

    /**
     * Whether an object is an output of a job. The lists of outputs may have been written by another system, or by an update from
     * the queue.
     */
    public boolean isOutput(JobDetails job, ObjectKey key) {
        try {
            return job.outputs()
                            .publishedKeys()
                            .map(published -> published.contains(key.value()))
                            .orElse(true)
                    && job.source()
                            .mediaId()
                            .filter(media -> keys.isOutputKeyOf(media, key))
                            .isPresent();
        } catch (JobException invalidMediaId) {
            return false;
        }
    }

    private Future<MediaState> requireAccessibleMedia(String mediaId, Caller caller) {
        return queries.media(mediaId)
                .compose(row -> queries.latestOfMedia(row.map(MediaRecord::id).orElse(mediaId))
                        .map(job -> MediaState.of(mediaId, row, job.map(JobDetails::source))))
                .map(found -> found.orElseThrow(() -> new RequestRejectedException(
                        RequestRejectedException.Reason.NOT_FOUND, "Media item not found.")))
                .map(media -> {
                    if (!caller.canAccess(media.owner())) {
                        throw new RequestRejectedException(
                                RequestRejectedException.Reason.FORBIDDEN,
                                "Access denied: the media item belongs to another user.");
                    }
                    return media;
                });
    }

    private Future<Source> source(MediaState media) {
        if (media.mimeType().filter(type -> !type.startsWith("video/")).isPresent()) {
            return Future.failedFuture(new RequestRejectedException(
                    RequestRejectedException.Reason.NOT_A_VIDEO,
                    "The media item is not a video: its type is "
                            + media.mimeType().orElseThrow() + "."));
        }
        ObjectKey key;
        try {
            key = new ObjectKey(media.s3Key().orElse(""));
        } catch (IllegalArgumentException invalid) {
            return Future.failedFuture(new RequestRejectedException(
                    RequestRejectedException.Reason.OBJECT_NOT_FOUND, "The media item has no valid object key."));
        }
        return objectStore
                .head(key)
                .map(metadata -> new Source(key, metadata))
                .recover(cause -> cause instanceof JobException failure && failure.code() == ErrorCode.OBJECT_NOT_FOUND
                        ? Future.failedFuture(new RequestRejectedException(
                                RequestRejectedException.Reason.OBJECT_NOT_FOUND,
                                "The source object does not exist in the object store."))
                        : Future.failedFuture(cause));
    }

    private static StagedJob job(MediaState media, Source source) {
        String file = source.key().value();
        return StagedJob.create(new NewJob(
                new JobId(UUID.randomUUID().toString()),
                media.id(),
                media.owner().orElse(Caller.SYSTEM),
                file,
                media.originalFilename().orElse(file.substring(file.lastIndexOf('/') + 1)),
                media.mimeType().orElse(""),
                source.metadata().size(),
                Instant.now()));
    }

    private record Source(ObjectKey key, ObjectMetadata metadata) {}

    private record MediaState(
            String id,
            Optional<String> owner,
            Optional<String> s3Key,
            Optional<String> mimeType,
            Optional<String> originalFilename) {

        static Optional<MediaState> of(String id, Optional<MediaRecord> row, Optional<JobDetails.Source> job) {
            return row.isEmpty() && job.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new MediaState(
                            row.map(MediaRecord::id)
                                    .or(() -> job.flatMap(JobDetails.Source::mediaId))
                                    .orElse(id),
                            row.flatMap(MediaRecord::owner).or(() -> job.flatMap(JobDetails.Source::userId)),
                            row.flatMap(MediaRecord::s3Key).or(() -> job.flatMap(JobDetails.Source::s3Key)),
                            row.flatMap(MediaRecord::mimeType),
                            row.flatMap(MediaRecord::originalFilename)
                                    .or(() -> job.flatMap(JobDetails.Source::originalFilename))));
        }
    }
}
