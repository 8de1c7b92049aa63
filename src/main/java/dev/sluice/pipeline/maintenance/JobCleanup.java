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
    private final ObjectStore objectStore;
    private final StagingArea staging;
    private final OutputKeys keys;
    private final StaleArtifactRepository staleArtifacts;
    private final PartialOutputRepository partialOutputs;

    public JobCleanup(
            Workspace workspace,
            ObjectStore objectStore,
            StagingArea staging,
            OutputKeys keys,
            StaleArtifactRepository staleArtifacts,
            PartialOutputRepository partialOutputs) {
        this.workspace = workspace;
        this.objectStore = objectStore;
        this.staging = staging;
        this.keys = keys;
        this.staleArtifacts = staleArtifacts;
        this.partialOutputs = partialOutputs;
    }

    /** Removes all of a job that was completed: nobody starts such a job again. */
    public Future<Void> cleanUpCompleted(JobId job) {
        return Future.join(workspace.delete(job), logged(job, staging.deleteAll(job)))
                .transform(tried -> Future.succeededFuture());
    }

    /**
     * Removes what a job left that failed, unless it goes on: somebody may have started it again meanwhile. Like the janitor it
     * looks first and asks then, and removes nothing that it has not seen before it asked; a new life has names of its own.
     */
    public Future<Void> cleanUpFailed(JobId job) {
        return Future.join(
                        logged(job, directories(job)),
                        logged(job, staging.deleteIf(job, () -> hasEnded(job))),
                        logged(job, halfAResult(job)))
                .transform(tried -> Future.succeededFuture());
    }

    private Future<Boolean> hasEnded(JobId job) {
        return staleArtifacts.findEndedJobs(Set.of(job.pathSegment())).map(ended -> !ended.isEmpty());
    }

    private Future<Void> directories(JobId job) {
        return workspace
                .attemptDirectories()
                .list(job.pathSegment())
                .compose(found -> hasEnded(job)
                        .compose(ended -> ended ? sweep(job.pathSegment(), found) : Future.succeededFuture()));
    }

    private Future<Void> sweep(String job, List<AttemptDirectoryName> attempts) {
        return Future.join(attempts.stream()
                        .map(attempt -> workspace.attemptDirectories().delete(job, attempt))
                        .toList())
                .compose(swept -> workspace.attemptDirectories().deleteJobIfEmpty(job));
    }

    /** What nobody came to: the worker died between the end of the job and this, or the store did not answer. */
    Future<Void> removePartialOutputs() {
        return partialOutputs
                .findUnresolved()
                .compose(
                        jobs -> Future.join(jobs.stream().map(this::halfAResult).toList()))
                .mapEmpty();
    }

    OrphanSweeper orphanSweeper() {
        return new OrphanSweeper(workspace, staging, staleArtifacts);
    }

    /** A new life would have to encode before it published, and the answer is not older than a moment. */
    private Future<Void> halfAResult(JobId job) {
        return partialOutputs
                .find(job)
                .compose(half -> half.map(found -> (found.exclusive()
                                        ? objectStore.delete(finalKeys(found.job()))
                                        : Future.<Void>succeededFuture())
                                .compose(gone -> partialOutputs.markResolved(job)))
                        .orElseGet(Future::succeededFuture));
    }

    private List<ObjectKey> finalKeys(StagedJob job) {
        return job.outputs().stream()
                .map(OutputFile::s3Key)
                .map(ObjectKey::new)
                .filter(key -> keys.isOutputKeyOf(job.mediaId(), key))
                .toList();
    }

    private static Future<Void> logged(JobId job, Future<Void> removal) {
        return removal.onFailure(cause -> LOG.atWarn()
                .addKeyValue("jobId", job)
                .addKeyValue("error", cause.getMessage())
                .log("not all that a job left was removed, the janitor comes by"));
    }
}
