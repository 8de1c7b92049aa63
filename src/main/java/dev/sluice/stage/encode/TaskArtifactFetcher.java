package dev.sluice.stage.encode;

import dev.sluice.common.async.ParallelTasks;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.common.io.PrivateFiles;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.artifact.ArtifactLocation;
import dev.sluice.stage.artifact.StagedObjectPromoter;
import dev.sluice.stage.artifact.StagingUploader;
import dev.sluice.stage.artifact.TaskArtifact;
import dev.sluice.workspace.AttemptDirectory;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Brings artifacts of tasks into the directory of the join: from the workspace, or from the object store unless this host has kept a
 * copy.
 */
public record TaskArtifactFetcher(StagingUploader uploader, Workspace workspace, WorkerExecutor workers) {
    /**
     * An artifact and its target.
     *
     * @param subdirectory of the attempt directory; empty for the attempt directory itself
     */
    record ArtifactRequest(TaskArtifact artifact, Optional<String> subdirectory) {}

    /** Fetches all artifacts; fails with FILES_MISSING if one is not at its location. */
    Future<Void> fetchAll(
            StageContext context,
            List<ArtifactRequest> requests,
            AttemptDirectory directory,
            ProgressListener progress) {
        AtomicInteger count = new AtomicInteger();
        return ParallelTasks.forEachIndex(
                requests.size(),
                StagingUploader.CONCURRENCY,
                number -> target(requests.get(number), directory)
                        .compose(target -> fetch(context, requests.get(number).artifact(), target))
                        .onSuccess(fetched -> progress.report((double) count.incrementAndGet() / requests.size())));
    }

    private Future<Path> target(ArtifactRequest request, AttemptDirectory directory) {
        return workers.executeBlocking(
                () -> {
                    Path parent = request.subdirectory().map(directory::file).orElse(directory.path());
                    PrivateFiles.createDirectories(parent);
                    return new AttemptDirectory(parent).file(request.artifact().name());
                },
                false);
    }

    private Future<Void> fetch(StageContext context, TaskArtifact artifact, Path target) {
        if (artifact.location() instanceof ArtifactLocation.Staged staged) {
            return linkCopy(context.job().id(), artifact, staged.key(), target)
                    .compose(linked -> linked ? Future.succeededFuture() : download(context, staged.key(), target));
        }
        String path = ((ArtifactLocation.Local) artifact.location()).path();
        return workspace.resolve(context.job().id(), path).compose(file -> link(file, target));
    }

    /** Links the copy of this host. False if there is none, or if it could not be linked because it has just been deleted. */
    private Future<Boolean> linkCopy(JobId job, TaskArtifact artifact, ObjectKey key, Path target) {
        return uploader.staging()
                .attemptOf(job, key)
                .map(attempt -> workspace.stagedCopies().find(job, attempt, artifact.name(), artifact.bytes()))
                .orElseGet(() -> Future.succeededFuture(Optional.empty()))
                .compose(copy ->
                        copy.map(file -> link(file, target).map(true)).orElseGet(() -> Future.succeededFuture(false)))
                .otherwise(false);
    }

    private Future<Void> download(StageContext context, ObjectKey key, Path target) {
        return uploader.objectStore()
                .download(key, target, ProgressListener.noop(), context.cancellation())
                .<Void>mapEmpty()
                .recover(cause -> StagedObjectPromoter.translate(cause, "A segment"));
    }

    /** Creates a hard link; copies the file if the file system has none. */
    private Future<Void> link(Path file, Path target) {
        return workers.executeBlocking(
                () -> {
                    linkBlocking(file, target);
                    return null;
                },
                false);
    }

    private static void linkBlocking(Path file, Path target) {
        try {
            try {
                Files.createLink(target, file);
            } catch (UnsupportedOperationException | FileSystemException unsupported) {
                Files.copy(file, target);
            }
        } catch (IOException cause) {
            throw new JobException(
                    ErrorCode.DISK_FULL, "Fetching a segment for concatenation failed: disk full.", cause);
        }
    }
}
