package dev.sluice.stage.transfer;

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
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.StagingArea;
import dev.sluice.stage.Checkpoint;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageContexts;
import dev.sluice.stage.artifact.LocalFile;
import dev.sluice.stage.artifact.StagedObjectPromoter;
import dev.sluice.stage.artifact.StagingUploader;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
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
class OutputPublicationTest {
    private static final ObjectKey VIDEO = new ObjectKey("videos/m_360p.mp4");
    private static final ObjectKey THUMBNAIL = new ObjectKey("thumbnails/m_0.jpg");

    private final Vertx vertx;
    private final InMemoryObjectStore objectStore;
    private final StagingArea staging;
    private final SavedState saved = new SavedState();
    private final CancellationToken cancellation = new CancellationToken();

    @TempDir
    private Path directory;

    OutputPublicationTest(Vertx vertx) {
        this.vertx = vertx;
        this.objectStore = new InMemoryObjectStore(vertx);
        this.staging = new StagingArea(objectStore, "staging/");
    }

    @Test
    void putsResultsWhereTheWorldLooksForThem() throws Exception {
        upload(1, "one");

        assertThat(text(VIDEO)).isEqualTo("one");
        assertThat(text(THUMBNAIL)).isEqualTo("one");
    }

    @Test
    void touchesNoFinalKeyAndLeavesNothingOnceItsRunIsAnothers() {
        saved.refuse = new JobException(ErrorCode.LEASE_LOST, "too late");

        assertThatExceptionOfType(JobException.class).isThrownBy(() -> upload(1, "late"));

        assertThat(objectStore.keys()).isEmpty();
    }

    @Test
    void copiesWhatAnEarlierAttemptPutRatherThanItsOwn() throws Exception {
        upload(1, "first");
        objectStore.delete(List.of(VIDEO)).await(10, TimeUnit.SECONDS);

        upload(2, "second");

        assertThat(text(VIDEO)).isEqualTo("first");
    }

    @Test
    void puttingAgainIsThereWhenWhatWasPutIsGone() throws Exception {
        upload(1, "first");
        staging.deleteAll(new JobId("j")).await(10, TimeUnit.SECONDS);

        upload(2, "second");

        assertThat(text(VIDEO)).isEqualTo("second");
    }

    @Test
    void keepsWhatMayHaveBecomeTheResultWhenTheDatabaseDidNotSay() {
        saved.refuse = new JobException(ErrorCode.DATABASE_UNAVAILABLE, "no answer");

        assertThatExceptionOfType(JobException.class).isThrownBy(() -> upload(1, "perhaps"));

        assertThat(objectStore.keys()).hasSize(2).allMatch(key -> key.value().startsWith("staging/"));
    }

    private void upload(int token, String content) throws Exception {
        StagedJob job =
                StagedJob.create(new NewJob(new JobId("j"), "m", "u", "uploads/a", "a", "video/mp4", 1, Instant.EPOCH));
        Attempt attempt = new Attempt(RunId.ofStage(job.id(), StageName.UPLOAD), token, token);
        StageContext context = StageContexts.of(attempt, job, saved, cancellation);
        List<OutputPublication.Output> outputs =
                List.of(output(VIDEO, file("v" + token, content)), output(THUMBNAIL, file("t" + token, content)));
        StagedObjectPromoter promoter = new StagedObjectPromoter(objectStore);
        new OutputPublication(new StagingUploader(objectStore, staging), promoter, context, outputs)
                .publish()
                .await(10, TimeUnit.SECONDS);
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    private String text(ObjectKey key) throws Exception {
        Path target = directory.resolve("got");
        objectStore
                .download(key, target, ProgressListener.noop(), new CancellationToken())
                .await(10, TimeUnit.SECONDS);
        return Files.readString(target);
    }

    private static OutputPublication.Output output(ObjectKey key, Path file) {
        return new OutputPublication.Output(new LocalFile(file, 3, "video/mp4"), key);
    }

    /** What attempts save, in memory. */
    private static final class SavedState implements Checkpoint {
        private Optional<JsonObject> state = Optional.empty();
        private JobException refuse;

        @Override
        public Optional<JsonObject> previous() {
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
