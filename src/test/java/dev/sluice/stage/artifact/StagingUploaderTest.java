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
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagingUploaderTest {
    private static final Attempt ATTEMPT = new Attempt(RunId.ofStage(new JobId("j"), StageName.PROCESSING), 1, 1);

    private final Vertx vertx = Vertx.vertx();
    private final InMemoryObjectStore objectStore = new InMemoryObjectStore(vertx);
    private final StagingArea staging = new StagingArea(objectStore, "staging/");

    @TempDir
    private Path directory;

    @AfterEach
    void close() throws Exception {
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    @Test
    void leaveNothingOfAnAttemptThatIsTriedAgain() throws Exception {
        failAtTheSecond(ErrorCode.CHECKSUM_MISMATCH);

        assertThat(objectStore.keys()).isEmpty();
    }

    @Test
    void areLeftToTheEndOfTheJobWhereThereIsNoTimeOrNoStore() throws Exception {
        failAtTheSecond(ErrorCode.SHUTDOWN);
        failAtTheSecond(ErrorCode.STORE_UNAVAILABLE);

        assertThat(objectStore.keys()).containsExactly(staging.key(ATTEMPT, 0));
    }

    private void failAtTheSecond(ErrorCode code) throws Exception {
        objectStore.failUploads(staging.key(ATTEMPT, 1), new JobException(code, "No."));
        StagedJob job =
                StagedJob.create(new NewJob(new JobId("j"), "m", "u", "uploads/a", "a", "video/mp4", 1, Instant.EPOCH));
        StageContext context =
                new StageContext(ATTEMPT, job, ProgressListener.noop(), new CancellationToken(), new NoCheckpoint());

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
