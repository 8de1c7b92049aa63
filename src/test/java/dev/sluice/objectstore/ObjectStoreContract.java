package dev.sluice.objectstore;

import static dev.sluice.common.async.Await.await;
import static dev.sluice.common.async.Await.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract of every {@link ObjectStore}. */
public interface ObjectStoreContract {
    ObjectKey KEY = new ObjectKey("uploads/a b/take+1 (50%)=&?.mov");
    int PART = 5 << 20;

    ObjectStore blobs();

    Vertx vertx();

    @ParameterizedTest
    @ValueSource(longs = {0, 1, PART - 1, PART, PART + 1, 3 * PART + 7})
    default void downloadsUploadedObject(long size, @TempDir Path dir) {
        Path source = SampleFile.of(dir.resolve("source"), size);
        CancellationToken work = new CancellationToken();

        ObjectMetadata put = await(blobs().upload(KEY, source, "video/quicktime", ProgressListener.noop(), work));
        ObjectMetadata got = await(blobs().download(KEY, dir.resolve("target"), ProgressListener.noop(), work));

        assertThat(dir.resolve("target")).hasSameBinaryContentAs(source);
        assertThat(got.size()).isEqualTo(put.size()).isEqualTo(size);
        assertThat(got.etag()).isEqualTo(put.etag()).isNotEmpty();
        assertThat(got.contentType()).contains("video/quicktime");
        assertThat(work.cost().total().bytesUploaded()).isEqualTo(size);
        assertThat(work.cost().total().bytesDownloaded()).isEqualTo(size);
    }

    @Test
    default void returnsMetadata(@TempDir Path dir) {
        Path source = SampleFile.of(dir.resolve("source"), 1000);
        ObjectMetadata put =
                await(blobs().upload(KEY, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));

        ObjectMetadata metadata = await(blobs().head(KEY));

        assertThat(metadata).isEqualTo(put);
        assertThat(metadata.contentType()).contains("video/mp4");
    }

    @Test
    default void replacesExistingObjectAndFile(@TempDir Path dir) {
        Path older = SampleFile.of(dir.resolve("older"), 2000, 1);
        Path newer = SampleFile.of(dir.resolve("newer"), 1000, 2);
        await(blobs().upload(KEY, older, "video/mp4", ProgressListener.noop(), new CancellationToken()));
        await(blobs().upload(KEY, newer, "video/mp4", ProgressListener.noop(), new CancellationToken()));

        await(blobs().download(KEY, older, ProgressListener.noop(), new CancellationToken()));

        assertThat(older).hasSameBinaryContentAs(newer);
    }

    @Test
    default void failsForMissingObject(@TempDir Path dir) {
        JobException ofHead = failureOf(blobs().head(KEY));
        JobException ofFetch = failureOf(
                blobs().download(KEY, dir.resolve("target"), ProgressListener.noop(), new CancellationToken()));

        assertThat(ofHead.code()).isEqualTo(ErrorCode.OBJECT_NOT_FOUND);
        assertThat(ofFetch.code()).isEqualTo(ErrorCode.OBJECT_NOT_FOUND);
        assertThat(ofFetch.message()).contains(KEY.value());
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    default void rejectsTooLargeObject(@TempDir Path dir) {
        Path source = SampleFile.of(dir.resolve("source"), PART + 1);
        await(blobs().upload(KEY, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));

        JobException failure = failureOf(
                blobs().download(KEY, dir.resolve("target"), PART, ProgressListener.noop(), new CancellationToken()));

        assertThat(failure.code()).isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(failure.message()).contains(Long.toString(PART + 1));
        assertThat(dir.resolve("target")).doesNotExist();
    }

    @Test
    default void acceptsObjectOfMaximumSize(@TempDir Path dir) {
        Path source = SampleFile.of(dir.resolve("source"), 1000);
        await(blobs().upload(KEY, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));

        ObjectMetadata got = await(
                blobs().download(KEY, dir.resolve("target"), 1000, ProgressListener.noop(), new CancellationToken()));

        assertThat(got.size()).isEqualTo(1000);
    }

    @Test
    default void reportsIncreasingProgressUpToOne(@TempDir Path dir) {
        Path source = SampleFile.of(dir.resolve("source"), 3 * PART);
        ConcurrentLinkedDeque<Double> up = new ConcurrentLinkedDeque<>();
        ConcurrentLinkedDeque<Double> down = new ConcurrentLinkedDeque<>();

        await(blobs().upload(KEY, source, "video/mp4", up::add, new CancellationToken()));
        await(blobs().download(KEY, dir.resolve("target"), down::add, new CancellationToken()));

        assertThat(up).allMatch(at -> at >= 0 && at <= 1).endsWith(1.0);
        assertThat(down).allMatch(at -> at >= 0 && at <= 1).endsWith(1.0);
    }

    @Test
    default void stopsWhenCancelled(@TempDir Path dir) {
        Path source = SampleFile.of(dir.resolve("source"), 3 * PART);
        await(blobs().upload(KEY, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));
        JobException why = new JobException(ErrorCode.SHUTDOWN, "The worker stops.");
        CancellationToken down = new CancellationToken();
        CancellationToken up = new CancellationToken();

        JobException ofFetch = failureOf(blobs().download(KEY, dir.resolve("target"), at -> down.cancel(why), down));
        JobException ofPut =
                failureOf(blobs().upload(new ObjectKey("other"), source, "video/mp4", at -> up.cancel(why), up));

        assertThat(ofFetch).isSameAs(why);
        assertThat(ofPut).isSameAs(why);
        assertThat(dir.resolve("target")).doesNotExist();
        assertThat(failureOf(blobs().head(new ObjectKey("other"))).code()).isEqualTo(ErrorCode.OBJECT_NOT_FOUND);
    }

    @Test
    default void transfersNothingWhenCancelledBefore(@TempDir Path dir) {
        Path source = SampleFile.of(dir.resolve("source"), 10);
        JobException why = new JobException(ErrorCode.LEASE_LOST, "The run belongs to another worker.");
        CancellationToken cancelled = new CancellationToken();
        cancelled.cancel(why);

        JobException failure = failureOf(blobs().upload(KEY, source, "video/mp4", ProgressListener.noop(), cancelled));

        assertThat(failure).isSameAs(why);
        assertThat(failureOf(blobs().head(KEY)).code()).isEqualTo(ErrorCode.OBJECT_NOT_FOUND);
    }

    @Test
    default void failsForMissingSource(@TempDir Path dir) {
        Future<ObjectMetadata> put =
                blobs().upload(KEY, dir.resolve("none"), "video/mp4", ProgressListener.noop(), new CancellationToken());

        assertThat(failureOf(put).code()).isEqualTo(ErrorCode.FILES_MISSING);
    }

    @Test
    default void deletesExistingAndIgnoresMissingObjects(@TempDir Path dir) {
        Path source = SampleFile.of(dir.resolve("source"), 10);
        ObjectKey kept = new ObjectKey("kept");
        await(blobs().upload(KEY, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));
        await(blobs().upload(kept, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));

        await(blobs().delete(List.of(KEY, new ObjectKey("never/was"))));

        assertThat(failureOf(blobs().head(KEY)).code()).isEqualTo(ErrorCode.OBJECT_NOT_FOUND);
        assertThat(await(blobs().head(kept)).size()).isEqualTo(10);
    }

    @Test
    default void acceptsEmptyDelete() {
        assertThatCode(() -> await(blobs().delete(List.of()))).doesNotThrowAnyException();
    }

    @Test
    default void copiesUnverifiedUpload(@TempDir Path dir) {
        Path source = SampleFile.of(dir.resolve("source"), 3L * PART + 7);
        ObjectKey copy = new ObjectKey("videos/promoted.mp4");
        ConcurrentLinkedDeque<Double> up = new ConcurrentLinkedDeque<>();

        await(blobs().uploadUnverified(KEY, source, "video/mp4", up::add, new CancellationToken()));
        ObjectMetadata promoted = await(blobs().copy(KEY, 3L * PART + 7, copy, new CancellationToken()));

        assertThat(promoted.contentType()).contains("video/mp4");
        await(blobs().download(copy, dir.resolve("target"), ProgressListener.noop(), new CancellationToken()));
        assertThat(dir.resolve("target")).hasSameBinaryContentAs(source);
        assertThat(up).endsWith(1.0);
    }

    @Test
    default void copiesWithinStore(@TempDir Path dir) {
        ObjectKey copy = new ObjectKey("videos/copy of it.mp4");
        Path source = SampleFile.of(dir.resolve("source"), PART + 1);
        ObjectMetadata put =
                await(blobs().upload(KEY, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));

        ObjectMetadata copied = await(blobs().copy(KEY, PART + 1, copy, new CancellationToken()));

        assertThat(copied.size()).isEqualTo(put.size());
        assertThat(copied.contentType()).contains("video/mp4");
        await(blobs().download(copy, dir.resolve("target"), ProgressListener.noop(), new CancellationToken()));
        assertThat(dir.resolve("target")).hasSameBinaryContentAs(source);
        assertThat(await(blobs().head(KEY)).size()).isEqualTo(put.size());
    }

    @Test
    default void failsToCopyMissingObjectOrWhenCancelled(@TempDir Path dir) {
        ObjectKey copy = new ObjectKey("videos/copy.mp4");
        JobException why = new JobException(ErrorCode.LEASE_LOST, "The run belongs to another worker.");
        CancellationToken cancelled = new CancellationToken();
        cancelled.cancel(why);

        JobException missing = failureOf(blobs().copy(new ObjectKey("never/was"), 10, copy, new CancellationToken()));
        await(blobs().upload(
                        KEY,
                        SampleFile.of(dir.resolve("source"), 10),
                        "video/mp4",
                        ProgressListener.noop(),
                        new CancellationToken()));
        JobException stopped = failureOf(blobs().copy(KEY, 10, copy, cancelled));

        assertThat(missing.code()).isEqualTo(ErrorCode.OBJECT_NOT_FOUND);
        assertThat(stopped).isSameAs(why);
        assertThat(failureOf(blobs().head(copy)).code()).isEqualTo(ErrorCode.OBJECT_NOT_FOUND);
    }

    @Test
    default void listsObjectsBelowPrefixInOrder(@TempDir Path dir) {
        Path source = SampleFile.of(dir.resolve("source"), 10);
        for (String key : List.of("left/b/1", "left/a/2", "left/a/10", "leftovers/c", "other/d")) {
            await(blobs().upload(
                            new ObjectKey(key), source, "video/mp4", ProgressListener.noop(), new CancellationToken()));
        }

        assertThat(await(blobs().list("left/", "")))
                .extracting(ObjectKey::value)
                .containsExactly("left/a/10", "left/a/2", "left/b/1");
        assertThat(await(blobs().list("left/", "left/a/2")))
                .extracting(ObjectKey::value)
                .containsExactly("left/b/1");
        assertThat(await(blobs().list("nothing/", ""))).isEmpty();
    }

    @Test
    default void passesCheck() {
        assertThatCode(() -> await(blobs().check())).doesNotThrowAnyException();
    }

    @Test
    default void completesOnContextOfCaller(@TempDir Path dir) {
        Path source = SampleFile.of(dir.resolve("source"), PART + 1);
        Context context = vertx().getOrCreateContext();
        Promise<Boolean> same = Promise.promise();

        context.runOnContext(
                start -> blobs().upload(KEY, source, "video/mp4", ProgressListener.noop(), new CancellationToken())
                        .compose(put -> blobs().download(
                                        KEY, dir.resolve("target"), ProgressListener.noop(), new CancellationToken()))
                        .map(got -> Vertx.currentContext() == context && Context.isOnEventLoopThread())
                        .onComplete(same));

        assertThat(await(same.future())).isTrue();
    }
}
