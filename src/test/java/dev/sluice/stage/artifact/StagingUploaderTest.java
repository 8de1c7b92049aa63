package dev.sluice.stage.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.async.ProgressListener;
import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.objectstore.InMemoryObjectStore;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.StagingArea;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageContexts;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VertxExtension.class)
class StagingUploaderTest {
    private static final Attempt ATTEMPT = new Attempt(RunId.ofStage(new JobId("j"), StageName.PROCESSING), 1, 1);

    private final InMemoryObjectStore objectStore;
    private final StagingArea staging;

    @TempDir
    private Path directory;

    StagingUploaderTest(Vertx vertx) {
        this.objectStore = new InMemoryObjectStore(vertx);
        this.staging = new StagingArea(objectStore, "staging/");
    }

    @Test
    void uploadsAFileBeforeTheOthersExist() throws Exception {
        StagingBatch batch = new StagingUploader(objectStore, staging).begin(StageContexts.of(ATTEMPT));
        LocalFile first = file("a");
        batch.add(first);
        await().until(() -> objectStore.keys().contains(staging.key(ATTEMPT, 0)));
        List<Double> progress = Collections.synchronizedList(new ArrayList<>());

        List<ObjectKey> keys =
                batch.complete(List.of(file("b"), first), progress::add).await(10, TimeUnit.SECONDS);

        assertThat(keys).containsExactly(staging.key(ATTEMPT, 1), staging.key(ATTEMPT, 0));
        assertThat(objectStore.keys()).containsExactlyInAnyOrderElementsOf(keys);
        assertThat(progress).isSorted().last().isEqualTo(1.0);
    }

    @Test
    void failedUploadCancelsTheWorkAtOnce() throws Exception {
        objectStore.failUploads(staging.key(ATTEMPT, 0), new JobException(ErrorCode.CHECKSUM_MISMATCH, "No."));
        StageContext context = StageContexts.of(ATTEMPT);

        new StagingUploader(objectStore, staging).begin(context).add(file("a"));

        await().until(() -> context.cancellation().isCancelled());
        assertThat(context.cancellation().reason().orElseThrow().code()).isEqualTo(ErrorCode.CHECKSUM_MISMATCH);
    }

    @Test
    void deletesStagedObjectsWhenTheWorkIsRetried() throws Exception {
        failAfterFirstUpload(ErrorCode.CHECKSUM_MISMATCH);

        assertThat(objectStore.keys()).isEmpty();
    }

    @Test
    void leavesStagedObjectsToJobCleanupWhenShuttingDownOrStoreUnavailable() throws Exception {
        failAfterFirstUpload(ErrorCode.SHUTDOWN);
        failAfterFirstUpload(ErrorCode.STORE_UNAVAILABLE);

        assertThat(objectStore.keys()).containsExactly(staging.key(ATTEMPT, 0));
    }

    private void failAfterFirstUpload(ErrorCode code) throws Exception {
        objectStore.failUploads(staging.key(ATTEMPT, 1), new JobException(code, "No."));
        StagingBatch batch = new StagingUploader(objectStore, staging).begin(StageContexts.of(ATTEMPT));
        LocalFile first = file("a");
        batch.add(first);
        await().until(() -> objectStore.keys().contains(staging.key(ATTEMPT, 0)));

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> batch.complete(List.of(first, file("b")), ProgressListener.noop())
                        .recover(batch::abort)
                        .await(10, TimeUnit.SECONDS))
                .matches(failure -> failure.code() == code);
    }

    private LocalFile file(String name) throws Exception {
        return new LocalFile(Files.writeString(directory.resolve(name), name), 1, "video/mp4");
    }
}
