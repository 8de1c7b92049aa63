package dev.sluice.pipeline.maintenance;

import dev.sluice.job.JobId;
import dev.sluice.message.OutputFile;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.objectstore.OutputKeys;
import dev.sluice.objectstore.StagingArea;
import dev.sluice.persistence.recovery.PartialOutputRepository;
import dev.sluice.persistence.recovery.StaleArtifactRepository;
import dev.sluice.workspace.AttemptDirectoryName;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a job that has ended leaves lying about: on this disk, in the staging prefix, and under its final keys where it did not
 * publish all. What can't be removed is logged, and the janitor comes by later.
 */
public final class JobCleanup {
    private static final Logger LOG = LoggerFactory.getLogger(JobCleanup.class);

    private final Workspace workspace;
    private final ObjectStore blobs;
    private final StagingArea staging;
    private final OutputKeys keys;
    private final StaleArtifactRepository remains;
    private final PartialOutputRepository halves;

    public JobCleanup(
            Workspace workspace,
            ObjectStore blobs,
            StagingArea staging,
            OutputKeys keys,
            StaleArtifactRepository remains,
            PartialOutputRepository halves) {
        this.workspace = workspace;
        this.blobs = blobs;
        this.staging = staging;
        this.keys = keys;
        this.remains = remains;
        this.halves = halves;
    }

    /** Removes all of a job that was completed: nobody starts such a job again. */
    public Future<Void> ofCompleted(JobId job) {
        return Future.join(workspace.discard(job), logged(job, staging.discard(job)))
                .transform(tried -> Future.succeededFuture());
    }

    /**
     * Removes what a job left that failed, unless it goes on: somebody may have started it again meanwhile. Like the janitor it
     * looks first and asks then, and removes nothing that it has not seen before it asked; a new life has names of its own.
     */
    public Future<Void> ofFailed(JobId job) {
        return Future.join(
                        logged(job, directories(job)),
                        logged(job, staging.discardIf(job, () -> hasEnded(job))),
                        logged(job, halfAResult(job)))
                .transform(tried -> Future.succeededFuture());
    }

    private Future<Boolean> hasEnded(JobId job) {
        return remains.ended(Set.of(job.fileName())).map(ended -> !ended.isEmpty());
    }

    private Future<Void> directories(JobId job) {
        return workspace
                .attempts(job.fileName())
                .compose(found -> hasEnded(job)
                        .compose(ended -> ended ? sweep(job.fileName(), found) : Future.succeededFuture()));
    }

    private Future<Void> sweep(String job, List<AttemptDirectoryName> attempts) {
        return Future.join(attempts.stream()
                        .map(attempt -> workspace.sweep(job, attempt))
                        .toList())
                .compose(swept -> workspace.sweepHome(job));
    }

    /** What nobody came to: the worker died between the end of the job and this, or the store did not answer. */
    Future<Void> sweepHalfResults() {
        return halves.open()
                .compose(
                        jobs -> Future.join(jobs.stream().map(this::halfAResult).toList()))
                .mapEmpty();
    }

    OrphanSweeper remnants() {
        return new OrphanSweeper(workspace, staging, remains);
    }

    /** A new life would have to encode before it published, and the answer is not older than a moment. */
    private Future<Void> halfAResult(JobId job) {
        return halves.of(job)
                .compose(half -> half.map(found -> (found.itsOwn()
                                        ? blobs.delete(finalKeys(found.job()))
                                        : Future.<Void>succeededFuture())
                                .compose(gone -> halves.settled(job)))
                        .orElseGet(Future::succeededFuture));
    }

    private List<ObjectKey> finalKeys(StagedJob job) {
        return job.outputs().stream()
                .map(OutputFile::s3Key)
                .map(ObjectKey::new)
                .filter(key -> keys.isResultOf(job.mediaId(), key))
                .toList();
    }

    private static Future<Void> logged(JobId job, Future<Void> removal) {
        return removal.onFailure(cause -> LOG.atWarn()
                .addKeyValue("jobId", job)
                .addKeyValue("error", cause.getMessage())
                .log("not all that a job left was removed, the janitor comes by"));
    }
}
