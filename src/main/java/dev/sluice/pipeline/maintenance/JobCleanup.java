package dev.sluice.pipeline.maintenance;

import dev.sluice.job.Attempt;
import dev.sluice.job.JobId;
import dev.sluice.objectstore.StagingArea;
import dev.sluice.persistence.recovery.StaleArtifactRepository;
import dev.sluice.pipeline.growing.GrowingStreamCleanup;
import dev.sluice.workspace.AttemptDirectoryName;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the workspace directories, staged objects and partial outputs of a finished job. Failures are logged and left to the
 * periodic cleanup. Threads: any.
 */
public final class JobCleanup {
    private static final Logger LOG = LoggerFactory.getLogger(JobCleanup.class);

    private final Workspace workspace;
    private final StagingArea staging;
    private final StaleArtifactRepository staleArtifacts;
    private final PartialOutputCleanup partialOutputs;
    private final GrowingStreamCleanup growingStreams;

    public JobCleanup(
            Workspace workspace,
            StagingArea staging,
            StaleArtifactRepository staleArtifacts,
            PartialOutputCleanup partialOutputs,
            GrowingStreamCleanup growingStreams) {
        this.workspace = workspace;
        this.staging = staging;
        this.staleArtifacts = staleArtifacts;
        this.partialOutputs = partialOutputs;
        this.growingStreams = growingStreams;
    }

    /** Deletes all artifacts of a completed job, which cannot be restarted. */
    public Future<Void> cleanUpCompleted(JobId job) {
        return Future.join(workspace.delete(job), logFailure(job, staging.deleteAll(job)))
                .transform(done -> Future.succeededFuture());
    }

    /**
     * Deletes the artifacts of a failed job, unless it was restarted meanwhile. Lists the artifacts first, then checks the state
     * of the job, and deletes only what it listed: artifacts of a restarted job have other names.
     */
    public Future<Void> cleanUpFailed(JobId job) {
        return Future.join(
                        logFailure(job, deleteDirectories(job)),
                        logFailure(job, staging.deleteIf(job, () -> hasEnded(job))),
                        logFailure(job, partialOutputs.remove(job)),
                        logFailure(job, growingStreams.withdraw(job)))
                .transform(done -> Future.succeededFuture());
    }

    /** Deletes the directory of an attempt that lost its lease, and the artifacts of its job if that has failed. */
    public Future<Void> cleanUpFenced(Attempt attempt) {
        return workspace
                .delete(attempt)
                .compose(deleted -> cleanUpFailed(attempt.run().job()));
    }

    OrphanSweeper orphanSweeper() {
        return new OrphanSweeper(workspace, staging, staleArtifacts);
    }

    /** Removes partial outputs that remained because a worker crashed or the object store was unavailable. */
    Future<Void> removePartialOutputs() {
        return partialOutputs.removeAll();
    }

    /** Deletes streams that were published while their video was encoded. */
    Future<Void> cleanUpGrowingStreams() {
        return growingStreams.cleanUp();
    }

    private Future<Void> deleteDirectories(JobId job) {
        String name = job.pathSegment();
        return workspace
                .attemptDirectories()
                .list(name)
                .compose(attempts -> hasEnded(job)
                        .compose(ended -> ended ? deleteDirectories(name, attempts) : Future.succeededFuture()));
    }

    private Future<Void> deleteDirectories(String job, List<AttemptDirectoryName> attempts) {
        return Future.join(attempts.stream()
                        .map(attempt -> workspace.attemptDirectories().delete(job, attempt))
                        .toList())
                .compose(deleted -> workspace.attemptDirectories().deleteJobIfEmpty(job));
    }

    private Future<Boolean> hasEnded(JobId job) {
        return staleArtifacts.findEndedJobs(Set.of(job.pathSegment())).map(ended -> !ended.isEmpty());
    }

    private static Future<Void> logFailure(JobId job, Future<Void> deletion) {
        return deletion.onFailure(cause -> LOG.atWarn()
                .addKeyValue("jobId", job)
                .addKeyValue("error", cause.getMessage())
                .log("job cleanup incomplete; left to the cleanup task"));
    }
}
