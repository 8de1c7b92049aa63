package dev.sluice.stage.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.common.async.Cancellation;
import dev.sluice.common.async.Progress;
import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.NewJob;
import dev.sluice.message.OutputFile;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.BlobKey;
import dev.sluice.objectstore.FakeBlobs;
import dev.sluice.objectstore.Staging;
import dev.sluice.stage.Checkpoint;
import dev.sluice.stage.StageRun;
import dev.sluice.stage.artifact.Promotion;
import dev.sluice.stage.artifact.StagedFiles;
import dev.sluice.stage.artifact.Upload;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedUploadTest {
    private static final BlobKey VIDEO = new BlobKey("videos/m_360p.mp4");
    private static final BlobKey THUMBNAIL = new BlobKey("thumbnails/m_0.jpg");

    private final Vertx vertx = Vertx.vertx();
    private final FakeBlobs blobs = new FakeBlobs(vertx);
    private final Staging staging = new Staging(blobs, "staging/");
    private final SavedState saved = new SavedState();
    private final Cancellation cancellation = new Cancellation();

    @TempDir
    private Path directory;

    @AfterEach
    void close() throws Exception {
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    @Test
    void putsResultsWhereTheWorldLooksForThem() throws Exception {
        upload(1, "one");

        assertThat(text(VIDEO)).isEqualTo("one");
        assertThat(text(THUMBNAIL)).isEqualTo("one");
    }

    @Test
    void touchesNoFinalKeyAndLeavesNothingOnceItsRunIsAnothers() {
        saved.refuse = new JobFailure(ErrorCode.LEASE_LOST, "too late");

        assertThatExceptionOfType(JobFailure.class).isThrownBy(() -> upload(1, "late"));

        assertThat(blobs.keys()).isEmpty();
    }

    @Test
    void copiesWhatAnEarlierAttemptPutRatherThanItsOwn() throws Exception {
        upload(1, "first");
        blobs.delete(List.of(VIDEO)).await(10, TimeUnit.SECONDS);

        upload(2, "second");

        assertThat(text(VIDEO)).isEqualTo("first");
    }

    @Test
    void puttingAgainIsThereWhenWhatWasPutIsGone() throws Exception {
        upload(1, "first");
        staging.discard(new JobId("j")).await(10, TimeUnit.SECONDS);

        upload(2, "second");

        assertThat(text(VIDEO)).isEqualTo("second");
    }

    @Test
    void keepsWhatMayHaveBecomeTheResultWhenTheDatabaseDidNotSay() {
        saved.refuse = new JobFailure(ErrorCode.DATABASE_UNAVAILABLE, "no answer");

        assertThatExceptionOfType(JobFailure.class).isThrownBy(() -> upload(1, "perhaps"));

        assertThat(blobs.keys()).hasSize(2).allMatch(key -> key.value().startsWith("staging/"));
    }

    private void upload(int token, String content) throws Exception {
        StagedJob job =
                StagedJob.create(new NewJob(new JobId("j"), "m", "u", "uploads/a", "a", "video/mp4", 1, Instant.EPOCH));
        Attempt attempt = new Attempt(RunId.whole(job.id(), StageName.UPLOAD), token, token);
        StageRun run = new StageRun(attempt, job, Progress.none(), cancellation, saved);
        List<Upload> uploads = List.of(
                new Upload(output(OutputFile.Type.SCALED, VIDEO), VIDEO, file("v" + token, content)),
                new Upload(output(OutputFile.Type.THUMBNAIL, THUMBNAIL), THUMBNAIL, file("t" + token, content)));
        Promotion promotion = new Promotion(blobs);
        new StagedUpload(new StagedFiles(blobs, staging), promotion, run, uploads)
                .run()
                .await(10, TimeUnit.SECONDS);
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    private String text(BlobKey key) throws Exception {
        Path target = directory.resolve("got");
        blobs.fetch(key, target, Progress.none(), new Cancellation()).await(10, TimeUnit.SECONDS);
        return Files.readString(target);
    }

    private static OutputFile output(OutputFile.Type type, BlobKey key) {
        return new OutputFile(type, key.value(), 2, 2, 3, "video/mp4", "360p", 0);
    }

    /** What attempts save, in memory. */
    private static final class SavedState implements Checkpoint {
        private Optional<JsonObject> state = Optional.empty();
        private JobFailure refuse;

        @Override
        public Optional<JsonObject> before() {
            return state;
        }

        @Override
        public Future<Void> save(JsonObject next) {
            if (refuse != null) {
                return Future.failedFuture(refuse);
            }
            state = Optional.of(next);
            return Future.succeededFuture();
        }
    }
}
