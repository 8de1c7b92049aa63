package dev.sluice.stage.artifact;

import dev.sluice.common.async.ProgressListener;
import dev.sluice.stage.StageContext;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import java.util.List;

/** Where encodes leave their results for the next stage. */
public sealed interface ArtifactStore {
    /** How much of the stage's work the leaving is, 0 to 1. */
    double share();

    /** Leaves the files there; says where each is, in the same order. */
    Future<List<ArtifactLocation>> keep(StageContext run, List<LocalFile> results, ProgressListener progress);

    /** On the disk: the next stage runs on this host, or sees the same directory. */
    record OnDisk(Workspace workspace) implements ArtifactStore {
        @Override
        public double share() {
            return 0;
        }

        @Override
        public Future<List<ArtifactLocation>> keep(
                StageContext run, List<LocalFile> results, ProgressListener progress) {
            return Future.succeededFuture(results.stream()
                    .map(result -> ArtifactLocation.onDisk(workspace.relative(result.file())))
                    .toList());
        }
    }

    /** In the store, under the staging prefix: any host may go on, and this one's disk is free again. */
    record InStore(StagingUploader files, Workspace workspace) implements ArtifactStore {
        private static final double SHARE = 0.1;

        @Override
        public double share() {
            return SHARE;
        }

        @Override
        public Future<List<ArtifactLocation>> keep(
                StageContext run, List<LocalFile> results, ProgressListener progress) {
            return files.put(run, results, progress)
                    .compose(keys -> workspace
                            .discard(run.attempt())
                            .map(gone -> keys.stream()
                                    .map(key -> ArtifactLocation.inStore(key.value()))
                                    .toList()));
        }
    }
}
