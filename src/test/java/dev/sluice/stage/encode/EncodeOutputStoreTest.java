package dev.sluice.stage.encode;

import static dev.sluice.common.async.Await.await;
import static dev.sluice.common.async.Await.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.KeysConfig;
import dev.sluice.config.WorkspaceConfig;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.objectstore.InMemoryObjectStore;
import dev.sluice.objectstore.OutputKeys;
import dev.sluice.objectstore.StagingArea;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageContexts;
import dev.sluice.stage.artifact.ArtifactStore;
import dev.sluice.stage.artifact.StagingUploader;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VertxExtension.class)
class EncodeOutputStoreTest {
    private static final Attempt ATTEMPT = new Attempt(RunId.ofStage(new JobId("j"), StageName.JOIN), 1, 1);

    @TempDir
    private Path directory;

    @Test
    void deletesStagedRenditionsIfTheEncodeFails(Vertx vertx) throws Exception {
        InMemoryObjectStore objectStore = new InMemoryObjectStore(vertx);
        Path rendition = Files.writeString(directory.resolve("360p.mp4"), "x");
        JobException cause = new JobException(ErrorCode.FFMPEG_FAILED, "No.");
        StageContext context = StageContexts.of(ATTEMPT);

        JobException failure =
                failureOf(outputs(vertx, objectStore).store(context, FfmpegFixture.MEDIA, (part, written) -> {
                    written.accept(rendition);
                    Awaitility.await().until(() -> !objectStore.keys().isEmpty());
                    return Future.failedFuture(cause);
                }));

        assertThat(failure).isSameAs(cause);
        assertThat(objectStore.keys()).isEmpty();
        assertThat(context.cancellation().isCancelled()).as("the run").isFalse();
    }

    private EncodeOutputStore outputs(Vertx vertx, InMemoryObjectStore objectStore) {
        KeysConfig keys = new KeysConfig("{mediaId}_{quality}", "{mediaId}_{n}", "{mediaId}/{name}", "staging/");
        Workspace workspace = await(Workspace.open(
                vertx, new WorkspaceConfig(WorkspaceConfig.Mode.OBJECT_STORE, directory, 0, 0, Duration.ofMinutes(1))));
        return new EncodeOutputStore(
                new OutputKeys(keys, List.of()),
                new ArtifactStore.ObjectArtifactStore(
                        new StagingUploader(objectStore, new StagingArea(objectStore, "staging/")), workspace, false),
                vertx.createSharedWorkerExecutor("outputs"));
    }
}
