package dev.sluice.pipeline.growing;

import dev.sluice.common.async.ParallelTasks;
import dev.sluice.job.JobId;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.objectstore.OutputKeys;
import dev.sluice.persistence.growing.GrowingStreamRepository;
import dev.sluice.persistence.growing.GrowingStreamRepository.GrowingStream;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the pieces and playlists of streams that were published while their video was encoded: at once if the job has failed, and
 * some time after the end of the job, when players have finished. The second time also finds what attempts in progress wrote
 * after the first. Threads: any.
 *
 * @param keep time from the end of a job to the deletion
 */
public record GrowingStreamCleanup(
        GrowingStreamRepository streams, ObjectStore objectStore, OutputKeys keys, Duration keep) {
    private static final Logger LOG = LoggerFactory.getLogger(GrowingStreamCleanup.class);

    /** Withdraws the streams of a failed job, unless it was restarted meanwhile. */
    public Future<Void> withdraw(JobId job) {
        return withdraw(Optional.of(job));
    }

    /** Withdraws the streams of failed jobs, and deletes those that have been kept long enough. */
    public Future<Void> cleanUp() {
        return withdraw(Optional.empty())
                .compose(withdrawn -> streams.findExpired(keep))
                .compose(expired -> ParallelTasks.sequentially(
                        expired, stream -> deleteObjects(stream).compose(deleted -> streams.delete(stream))));
    }

    private Future<Void> withdraw(Optional<JobId> job) {
        return streams.findWithdrawable(job)
                .compose(found -> ParallelTasks.sequentially(
                        found, stream -> deleteObjects(stream).compose(deleted -> streams.markWithdrawn(stream))));
    }

    private Future<Void> deleteObjects(GrowingStream stream) {
        return Future.succeededFuture()
                .map(start -> keys.growingPrefix(stream.mediaId(), stream.job(), stream.token()))
                .compose(prefix -> objectStore
                        .listMultipartUploads(prefix)
                        .compose(objectStore::abortMultipartUploads)
                        .compose(aborted -> deleteObjects(stream, prefix)));
    }

    private Future<Void> deleteObjects(GrowingStream stream, String prefix) {
        return objectStore.list(prefix, "").compose(found -> {
            if (found.isEmpty()) {
                return Future.succeededFuture();
            }
            LOG.atDebug()
                    .addKeyValue("jobId", stream.job())
                    .addKeyValue("objects", found.size())
                    .log("stream of an encode deleted");
            return objectStore.delete(found).compose(deleted -> deleteObjects(stream, prefix));
        });
    }
}
