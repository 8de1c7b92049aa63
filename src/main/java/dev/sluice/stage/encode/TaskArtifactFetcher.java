package dev.sluice.stage.encode;

import dev.sluice.common.async.ParallelTasks;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.stage.StageContext;
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

/** Brings what tasks made to where it is joined, from the disk or from the store, whichever each was left on. */
public record TaskArtifactFetcher(StagingUploader files, Workspace workspace, WorkerExecutor workers) {
    /**
     * A piece and where it is to lie.
     *
     * @param directory below that of the attempt; empty for the attempt's own
     */
    record ArtifactRequest(TaskArtifact artifact, Optional<String> directory) {}

    /** Brings all of them; fails with FILES_MISSING when one is not where it was left. */
    Future<Void> fetchAll(
            StageContext context, List<ArtifactRequest> wanted, AttemptDirectory home, ProgressListener progress) {
        AtomicInteger there = new AtomicInteger();
        return ParallelTasks.forEachIndex(
                wanted.size(),
                StagingUploader.CONCURRENCY,
                number -> place(wanted.get(number), home)
                        .compose(target -> fetchAll(context, wanted.get(number).artifact(), target))
                        .onSuccess(brought -> progress.report((double) there.incrementAndGet() / wanted.size())));
    }

    private Future<Path> place(ArtifactRequest wanted, AttemptDirectory home) {
        return workers.executeBlocking(
                () -> {
                    Path below = wanted.directory().map(home::file).orElse(home.path());
                    return new AttemptDirectory(Files.createDirectories(below))
                            .file(wanted.artifact().name());
                },
                false);
    }

    private Future<Void> fetchAll(StageContext context, TaskArtifact artifact, Path target) {
        JobId job = context.job().id();
        return artifact.location()
                .localPath()
                .map(path -> workspace.resolve(job, path).compose(file -> linked(file, target)))
                .orElseGet(() -> fetched(context, artifact, target));
    }

    /** Without a copy where the file system can. */
    private Future<Void> linked(Path file, Path target) {
        return workers.executeBlocking(
                () -> {
                    link(file, target);
                    return null;
                },
                false);
    }

    private static void link(Path file, Path target) {
        try {
            try {
                Files.createLink(target, file);
            } catch (UnsupportedOperationException | FileSystemException cannot) {
                Files.copy(file, target);
            }
        } catch (IOException cause) {
            throw new JobException(ErrorCode.DISK_FULL, "A segment could not be brought to where it is joined.", cause);
        }
    }

    private Future<Void> fetched(StageContext context, TaskArtifact artifact, Path target) {
        ObjectKey key = new ObjectKey(artifact.location().stagedKey().orElse(""));
        return files.objectStore()
                .download(key, target, ProgressListener.noop(), context.cancellation())
                .<Void>mapEmpty()
                .recover(cause -> StagedObjectPromoter.translate(cause, "A segment"));
    }
}
