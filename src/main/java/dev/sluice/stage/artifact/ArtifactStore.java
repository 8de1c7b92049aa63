package dev.sluice.stage.artifact;

import dev.sluice.common.async.ProgressListener;
import dev.sluice.stage.StageContext;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import java.util.List;

/** Where encodes leave their results for the next stage. */
public sealed interface ArtifactStore {
    /** How much of the stage's work the leaving is, 0 to 1. */
    double progressShare();

    /** Leaves the files there; says where each is, in the same order. */
    Future<List<ArtifactLocation>> store(StageContext context, List<LocalFile> results, ProgressListener progress);

    /** On the disk: the next stage runs on this host, or sees the same directory. */
    record WorkspaceArtifactStore(Workspace workspace) implements ArtifactStore {
        @Override
        public double progressShare() {
            return 0;
        }

        @Override
        public Future<List<ArtifactLocation>> store(
                StageContext context, List<LocalFile> results, ProgressListener progress) {
            return Future.succeededFuture(results.stream()
                    .map(result -> ArtifactLocation.local(workspace.relativize(result.file())))
                    .toList());
        }
    }

    /** In the store, under the staging prefix: any host may go on, and this one's disk is free again. */
    record ObjectArtifactStore(StagingUploader files, Workspace workspace) implements ArtifactStore {
        private static final double SHARE = 0.1;

        @Override
        public double progressShare() {
            return SHARE;
        }

        @Override
        public Future<List<ArtifactLocation>> store(
                StageContext context, List<LocalFile> results, ProgressListener progress) {
            return files.upload(context, results, progress)
                    .compose(keys -> workspace
                            .delete(context.attempt())
                            .map(gone -> keys.stream()
                                    .map(key -> ArtifactLocation.staged(key.value()))
                                    .toList()));
        }
    }
}
