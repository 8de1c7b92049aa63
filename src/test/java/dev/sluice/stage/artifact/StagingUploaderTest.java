package dev.sluice.stage.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.NewJob;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.InMemoryObjectStore;
import dev.sluice.objectstore.StagingArea;
import dev.sluice.stage.Checkpoint;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageContexts;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VertxExtension.class)
class StagingUploaderTest {
    private static final Attempt ATTEMPT = new Attempt(RunId.ofStage(new JobId("j"), StageName.PROCESSING), 1, 1);

    private final Vertx vertx;
    private final InMemoryObjectStore objectStore;
    private final StagingArea staging;

    @TempDir
    private Path directory;

    StagingUploaderTest(Vertx vertx) {
        this.vertx = vertx;
        this.objectStore = new InMemoryObjectStore(vertx);
        this.staging = new StagingArea(objectStore, "staging/");
    }

    @Test
    void deletesStagedObjectsWhenUploadIsRetried() throws Exception {
        failSecondUpload(ErrorCode.CHECKSUM_MISMATCH);

        assertThat(objectStore.keys()).isEmpty();
    }

    @Test
    void leavesStagedObjectsToJobCleanupWhenShuttingDownOrStoreUnavailable() throws Exception {
        failSecondUpload(ErrorCode.SHUTDOWN);
        failSecondUpload(ErrorCode.STORE_UNAVAILABLE);

        assertThat(objectStore.keys()).containsExactly(staging.key(ATTEMPT, 0));
    }

    private void failSecondUpload(ErrorCode code) throws Exception {
        objectStore.failUploads(staging.key(ATTEMPT, 1), new JobException(code, "No."));
        StagedJob job =
                StagedJob.create(new NewJob(new JobId("j"), "m", "u", "uploads/a", "a", "video/mp4", 1, Instant.EPOCH));
        StageContext context = StageContexts.of(ATTEMPT, job, new NoCheckpoint(), new CancellationToken());

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> new StagingUploader(objectStore, staging)
                        .upload(context, List.of(file("a"), file("b")), ProgressListener.noop())
                        .await(10, TimeUnit.SECONDS))
                .matches(failure -> failure.code() == code);
    }

    private LocalFile file(String name) throws Exception {
        return new LocalFile(Files.writeString(directory.resolve(name), name), 1, "video/mp4");
    }

    private record NoCheckpoint() implements Checkpoint {
        @Override
        public Optional<JsonObject> previous() {
            return Optional.empty();
        }

        @Override
        public Future<Void> save(JsonObject state) {
            return Future.succeededFuture();
        }
    }
}
