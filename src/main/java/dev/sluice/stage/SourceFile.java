package dev.sluice.stage;

import dev.sluice.blob.BlobKey;
import dev.sluice.blob.Blobs;
import dev.sluice.blob.Workspace;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import dev.sluice.message.StagedJob;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a stage gets a job's source from: the workspace if an earlier stage left it there, the store if not. */
public final class SourceFile {
    static final String NAME = "source";

    private final Blobs blobs;
    private final Workspace workspace;
    private final WorkerExecutor workers;
    private final long maxBytes;

    /**
     * Makes the source available to stages.
     *
     * @param maxBytes size of the largest object that is fetched
     */
    public SourceFile(Blobs blobs, Workspace workspace, WorkerExecutor workers, long maxBytes) {
        this.blobs = blobs;
        this.workspace = workspace;
        this.workers = workers;
        this.maxBytes = maxBytes;
    }

    /** The file that the job names, or a fresh copy in {@code directory} when it is not on this host (any more). */
    Future<Path> find(StageRun run, Path directory) {
        return workers.executeBlocking(() -> isHere(run.job()), false)
                .compose(here -> here
                        ? Future.succeededFuture(local(run.job()))
                        : fetch(run, directory, 0));
    }

    /**
     * Fetches the object into {@code directory}.
     *
     * @param share of the stage's work that this is, 0 to 1
     */
    Future<Path> fetch(StageRun run, Path directory, double share) {
        Path target = directory.resolve(NAME);
        return blobs.fetch(
                        key(run.job()),
                        target,
                        maxBytes,
                        done -> {
                            if (share > 0) {
                                run.progress().at(done * share);
                            }
                        },
                        run.cancellation())
                .map(target);
    }

    private boolean isHere(StagedJob job) {
        return job.localVideoPath().isPresent() && Files.isRegularFile(local(job));
    }

    private Path local(StagedJob job) {
        return workspace.resolve(job.localVideoPath().orElseThrow());
    }

    private static BlobKey key(StagedJob job) {
        String key = job.s3Key()
                .orElseThrow(() -> new JobFailure(
                        ErrorCode.FILES_MISSING,
                        "The source is no longer on this host, and the message has no s3Key to fetch it again."));
        try {
            return new BlobKey(key);
        } catch (IllegalArgumentException bad) {
            throw new JobFailure(ErrorCode.INVALID_MESSAGE, "The s3Key cannot be used: " + bad.getMessage() + ".", bad);
        }
    }
}
