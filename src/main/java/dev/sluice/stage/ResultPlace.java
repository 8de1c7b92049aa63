package dev.sluice.stage;

import dev.sluice.blob.Workspace;
import dev.sluice.job.Progress;
import dev.sluice.message.OutputFile;
import io.vertx.core.Future;
import java.util.List;
import java.util.stream.IntStream;

/** Where processing leaves its results for the upload stage. */
public sealed interface ResultPlace {
    /** How much of processing's work the leaving is, 0 to 1. */
    double share();

    /** Leaves the results there; gives them as the next message tells of them. */
    Future<List<OutputFile>> keep(StageRun run, List<Upload> results, Progress progress);

    /** On the disk: the upload stage runs on this host, or sees the same directory. */
    record OnDisk(Workspace workspace) implements ResultPlace {
        @Override
        public double share() {
            return 0;
        }

        @Override
        public Future<List<OutputFile>> keep(StageRun run, List<Upload> results, Progress progress) {
            return Future.succeededFuture(results.stream()
                    .map(result -> result.output().lyingAt(workspace.relative(result.file())))
                    .toList());
        }
    }

    /** In the store, under the staging prefix: any host may go on, and this one's disk is free again. */
    record InStore(StagedFiles files, Workspace workspace) implements ResultPlace {
        private static final double SHARE = 0.1;

        @Override
        public double share() {
            return SHARE;
        }

        @Override
        public Future<List<OutputFile>> keep(StageRun run, List<Upload> results, Progress progress) {
            return files.put(run, results, progress)
                    .compose(keys -> workspace
                            .discard(run.attempt())
                            .map(gone -> IntStream.range(0, keys.size())
                                    .mapToObj(number -> results.get(number)
                                            .output()
                                            .stagedAs(keys.get(number).value()))
                                    .toList()));
        }
    }
}
