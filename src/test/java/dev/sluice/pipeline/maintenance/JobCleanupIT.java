package dev.sluice.pipeline.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.config.KeysConfig;
import dev.sluice.config.WorkspaceConfig;
import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.objectstore.InMemoryObjectStore;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectMetadata;
import dev.sluice.objectstore.OutputKeys;
import dev.sluice.objectstore.StagingArea;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.growing.GrowingStreamRepository;
import dev.sluice.persistence.recovery.PartialOutputRepository;
import dev.sluice.persistence.recovery.StaleArtifactRepository;
import dev.sluice.pipeline.growing.GrowingStreamCleanup;
import dev.sluice.routing.UpdateMessages;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith({VertxExtension.class, ServicesExtension.class})
class JobCleanupIT {
    private static final ObjectKey VIDEO = new ObjectKey("videos/m_360p.mp4");
    private static final ObjectKey OF_OTHER_MEDIA = new ObjectKey("videos/other_360p.mp4");

    private InMemoryObjectStore objectStore;
    private TestDatabase table;
    private Workspace workspace;
    private StagingArea staging;
    private JobCleanup jobCleanup;

    @TempDir
    private Path directory;

    @BeforeEach
    void open(Vertx vertx, TestDatabase newDatabase, Store store) throws Exception {
        table = newDatabase;
        objectStore = new InMemoryObjectStore(vertx);
        workspace = get(Workspace.open(
                vertx,
                new WorkspaceConfig(
                        WorkspaceConfig.Mode.OBJECT_STORE, directory.resolve("work"), 0, 0, Duration.ofMinutes(1))));
        staging = new StagingArea(objectStore, "staging/");
        OutputKeys keys = new OutputKeys(
                new KeysConfig(
                        "videos/{mediaId}_{quality}.mp4",
                        "thumbnails/{mediaId}_{n}.jpg",
                        "streams/{mediaId}/{name}",
                        "staging/"),
                List.of("360p"));
        jobCleanup = new JobCleanup(
                workspace,
                staging,
                new StaleArtifactRepository(store.database()),
                new PartialOutputCleanup(
                        objectStore, keys, new PartialOutputRepository(store.database(), store.tables())),
                new GrowingStreamCleanup(
                        new GrowingStreamRepository(store.database(), UpdateMessages::toOutbox),
                        objectStore,
                        keys,
                        Duration.ofMinutes(5)));
    }

    @Test
    void deletesArtifactsAndPartialOutputsOfFailedJob() throws Exception {
        Path attemptDirectory = interruptedPublication("failed");

        get(jobCleanup.cleanUpFailed(new JobId("j")));

        assertThat(objectStore.keys()).containsExactly(OF_OTHER_MEDIA);
        assertThat(attemptDirectory.getParent().getParent()).isEmptyDirectory();
    }

    @Test
    void deletesStreamThatWasPublishedWhileEncoding() throws Exception {
        var unused = interruptedPublication("failed");
        OutputKeys keys = new OutputKeys(
                new KeysConfig("{mediaId}_{quality}", "{mediaId}_{n}", "streams/{mediaId}/{name}", "staging/"),
                List.of());
        put(keys.growingKey("m", new JobId("j"), 1, "360p-0-10001.mp4"));
        put(keys.growingKey("m", new JobId("j"), 1, "master.m3u8"));
        ObjectKey ofOtherJob = keys.growingKey("m", new JobId("other"), 1, "master.m3u8");
        put(ofOtherJob);
        table.execute("INSERT INTO sluice.growing_stream (job_id, token, media_id) VALUES ('j', 1, 'm')");

        get(jobCleanup.cleanUpFailed(new JobId("j")));

        assertThat(objectStore.keys()).containsExactlyInAnyOrder(OF_OTHER_MEDIA, ofOtherJob);
    }

    @Test
    void keepsArtifactsOfRestartedJob() throws Exception {
        Path attemptDirectory = interruptedPublication("running");

        get(jobCleanup.cleanUpFailed(new JobId("j")));

        assertThat(objectStore.keys()).hasSize(3);
        assertThat(attemptDirectory).isDirectory();
    }

    @Test
    void deletesPartialOutputsLaterWhenStoreWasUnavailable() throws Exception {
        interruptedPublication("failed");
        objectStore.failWith(Optional.of(new JobException(ErrorCode.STORE_UNAVAILABLE, "unavailable")));
        get(jobCleanup.cleanUpFailed(new JobId("j")));
        objectStore.failWith(Optional.empty());

        get(jobCleanup.removePartialOutputs());

        assertThat(objectStore.keys()).doesNotContain(VIDEO).contains(OF_OTHER_MEDIA);
    }

    @Test
    void deletesOnlyObjectsListedBeforeStateCheck() throws Exception {
        Attempt first = attempt(1);
        put(staging.key(first, 0));
        ObjectKey ofRestartedJob = staging.key(attempt(2), 0);

        get(staging.deleteIf(first.run().job(), () -> upload(ofRestartedJob).map(true)));

        assertThat(objectStore.keys()).containsExactly(ofRestartedJob);
    }

    /** Creates a job in this state with artifacts of an interrupted publication; returns its attempt directory. */
    private Path interruptedPublication(String state) throws Exception {
        JsonObject message = new JsonObject()
                .put("id", "j")
                .put("mediaId", "m")
                .put("s3Key", "uploads/a")
                .put("outputs", new JsonArray().add(output(VIDEO)).add(output(OF_OTHER_MEDIA)));
        table.execute("INSERT INTO sluice.job (id, message, stage, state, file_name) VALUES ('j', '" + message.encode()
                + "', 'upload', '" + state + "', '" + new JobId("j").pathSegment() + "');"
                + "INSERT INTO sluice.stage_run (job_id, stage, task, state, checkpoint)"
                + " VALUES ('j', 'upload', 0, 'failed', '{\"promoting\":true}')");
        put(VIDEO);
        put(OF_OTHER_MEDIA);
        put(staging.key(attempt(1), 0));
        return get(workspace.withAttemptDirectory(attempt(1), 0, attempt -> Future.succeededFuture(attempt.path())));
    }

    private static Attempt attempt(int token) {
        return new Attempt(RunId.ofStage(new JobId("j"), StageName.UPLOAD), token, token);
    }

    private static JsonObject output(ObjectKey key) {
        return new JsonObject()
                .put("type", "scaled")
                .put("s3Key", key.value())
                .put("width", 2)
                .put("height", 2)
                .put("fileSize", 3)
                .put("mimeType", "video/mp4")
                .put("quality", "360p");
    }

    private void put(ObjectKey key) throws TimeoutException {
        get(upload(key));
    }

    private Future<ObjectMetadata> upload(ObjectKey key) {
        try {
            Path file = Files.writeString(Files.createTempFile(directory, "object", null), "x");
            return objectStore.upload(key, file, "video/mp4", ProgressListener.noop(), new CancellationToken());
        } catch (IOException cause) {
            return Future.failedFuture(cause);
        }
    }

    private static <T> T get(Future<T> future) throws TimeoutException {
        return future.await(30, TimeUnit.SECONDS);
    }
}
