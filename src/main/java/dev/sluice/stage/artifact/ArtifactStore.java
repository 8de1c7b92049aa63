package dev.sluice.stage.artifact;

import dev.sluice.common.async.ProgressListener;
import dev.sluice.job.Attempt;
import dev.sluice.stage.StageContext;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import java.util.List;

/** Stores the artifacts of an encode for the next stage. */
public sealed interface ArtifactStore {
    /** Fraction of the stage's progress that storing takes, 0 to 1. */
    double progressShare();

    /** Starts to store the artifacts of an attempt; a failure cancels the context. */
    Batch begin(StageContext context);

    /** Stores the files; returns their locations in the same order. */
    default Future<List<ArtifactLocation>> store(StageContext context, List<LocalFile> files) {
        Batch batch = begin(context.cancellable());
        return batch.complete(files).recover(batch::abort);
    }

    /** The artifacts of an attempt. It ends with {@link #complete} or, if anything fails, with {@link #abort}. */
    interface Batch {
        /** Starts to store a file that does not change any more, while others are still being written. Threads: any. */
        void add(LocalFile file);

        /** Stores the files that were not added; returns the locations of all in the same order. */
        Future<List<ArtifactLocation>> complete(List<LocalFile> files);

        /** Fails with {@code cause} when no file is used any more. */
        <T> Future<T> abort(Throwable cause);
    }

    /** Progress of the work before storing, as part of the progress of the stage. */
    default ProgressListener encodeProgress(StageContext context) {
        return fraction -> context.progress().report(fraction * (1 - progressShare()));
    }

    /** Keeps files in the workspace: the next stage runs on this host, or on one that shares the directory. */
    record WorkspaceArtifactStore(Workspace workspace) implements ArtifactStore {
        @Override
        public double progressShare() {
            return 0;
        }

        @Override
        public Batch begin(StageContext context) {
            return new Batch() {
                @Override
                public void add(LocalFile file) {}

                @Override
                public Future<List<ArtifactLocation>> complete(List<LocalFile> files) {
                    return Future.succeededFuture(files.stream()
                            .<ArtifactLocation>map(
                                    file -> new ArtifactLocation.Local(workspace.relativize(file.file())))
                            .toList());
                }

                @Override
                public <T> Future<T> abort(Throwable cause) {
                    return Future.failedFuture(cause);
                }
            };
        }
    }

    /**
     * Stages files in the object store, so that any host can continue.
     *
     * @param keepsCopies whether copies stay on this host for its later runs, as long as the disk has space
     */
    record ObjectArtifactStore(StagingUploader uploader, Workspace workspace, boolean keepsCopies)
            implements ArtifactStore {
        private static final double STORE_FRACTION = 0.1;

        @Override
        public double progressShare() {
            return STORE_FRACTION;
        }

        @Override
        public Batch begin(StageContext context) {
            StagingBatch uploads = uploader.begin(context);
            return new Batch() {
                @Override
                public void add(LocalFile file) {
                    uploads.add(file);
                }

                @Override
                public Future<List<ArtifactLocation>> complete(List<LocalFile> files) {
                    return uploads.complete(
                                    files, fraction -> context.progress().report(1 - STORE_FRACTION * (1 - fraction)))
                            .compose(keys -> removeFiles(context.attempt())
                                    .map(removed -> keys.stream()
                                            .<ArtifactLocation>map(ArtifactLocation.Staged::new)
                                            .toList()));
                }

                @Override
                public <T> Future<T> abort(Throwable cause) {
                    return uploads.abort(cause);
                }
            };
        }

        private Future<Void> removeFiles(Attempt attempt) {
            return keepsCopies ? workspace.stagedCopies().keep(attempt) : workspace.delete(attempt);
        }
    }
}
