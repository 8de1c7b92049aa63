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
    record Wanted(TaskArtifact piece, Optional<String> directory) {}

    /** Brings all of them; fails with FILES_MISSING when one is not where it was left. */
    Future<Void> bring(StageContext run, List<Wanted> wanted, AttemptDirectory home, ProgressListener progress) {
        AtomicInteger there = new AtomicInteger();
        return ParallelTasks.run(
                wanted.size(),
                StagingUploader.AT_ONCE,
                number -> place(wanted.get(number), home)
                        .compose(target -> bring(run, wanted.get(number).piece(), target))
                        .onSuccess(brought -> progress.at((double) there.incrementAndGet() / wanted.size())));
    }

    private Future<Path> place(Wanted wanted, AttemptDirectory home) {
        return workers.executeBlocking(
                () -> {
                    Path below = wanted.directory().map(home::file).orElse(home.path());
                    return new AttemptDirectory(Files.createDirectories(below))
                            .file(wanted.piece().name());
                },
                false);
    }

    private Future<Void> bring(StageContext run, TaskArtifact piece, Path target) {
        JobId job = run.job().id();
        return piece.place()
                .localPath()
                .map(path -> workspace.resolve(job, path).compose(file -> linked(file, target)))
                .orElseGet(() -> fetched(run, piece, target));
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

    private Future<Void> fetched(StageContext run, TaskArtifact piece, Path target) {
        ObjectKey key = new ObjectKey(piece.place().stagedKey().orElse(""));
        return files.blobs()
                .fetch(key, target, ProgressListener.none(), run.cancellation())
                .<Void>mapEmpty()
                .recover(cause -> StagedObjectPromoter.failed(cause, "A segment"));
    }
}
