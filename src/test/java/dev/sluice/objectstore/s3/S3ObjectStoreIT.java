package dev.sluice.objectstore.s3;

import static dev.sluice.common.async.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.objectstore.MultipartUploadId;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectMetadata;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.objectstore.ObjectStoreContract;
import dev.sluice.objectstore.SampleFile;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith({VertxExtension.class, ServicesExtension.class})
final class S3ObjectStoreIT implements ObjectStoreContract {
    private Vertx vertx;
    private S3ObjectStore objectStore;

    @BeforeEach
    void open(Vertx newVertx, TestBucket bucket) {
        vertx = newVertx;
        objectStore = new S3ObjectStore(vertx, bucket.config());
    }

    @AfterEach
    void close() {
        await(objectStore.close());
    }

    @Test
    void acceptsKeyInAnyScript(@TempDir Path dir) {
        // The test store keeps objects as files, which requires UTF-8 file names.
        Assumptions.assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "needs file names in UTF-8");
        ObjectKey key = new ObjectKey("видео/ünï 🎬.mp4");
        Path source = SampleFile.of(dir.resolve("source"), 10);

        await(objectStore.upload(key, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));

        assertThat(await(objectStore.head(key)).size()).isEqualTo(10);
    }

    @Test
    void copiesLargeObjectInParts(@TempDir Path dir, TestBucket bucket) {
        Path source = SampleFile.of(dir.resolve("source"), 2L * PART + 7);
        ObjectKey copy = new ObjectKey("copy");
        await(objectStore.upload(KEY, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));
        S3RequestExecutor requests = new S3RequestExecutor(vertx, bucket.config(), S3Metrics.none());

        ObjectMetadata copied = await(new S3Copy(requests, KEY, 2L * PART + 7, copy, PART, new CancellationToken())
                .run()
                .eventually(requests::close));

        assertThat(copied.contentType()).contains("video/mp4");
        await(objectStore.download(copy, dir.resolve("target"), ProgressListener.noop(), new CancellationToken()));
        assertThat(dir.resolve("target")).hasSameBinaryContentAs(source);
    }

    @Test
    void listsAndAbortsMultipartUploads(TestBucket bucket) {
        S3RequestExecutor requests = new S3RequestExecutor(vertx, bucket.config(), S3Metrics.none());
        await(requests.send(
                        "upload",
                        client -> client.createMultipartUpload(
                                request -> request.bucket(bucket.name()).key("left/a/1")))
                .eventually(requests::close));

        List<MultipartUploadId> found = await(objectStore.listMultipartUploads("left/"));
        await(objectStore.abortMultipartUploads(found));
        await(objectStore.abortMultipartUploads(found));

        assertThat(found).extracting(MultipartUploadId::key).containsExactly(new ObjectKey("left/a/1"));
        assertThat(await(objectStore.listMultipartUploads("left/"))).isEmpty();
    }

    @Override
    public ObjectStore blobs() {
        return objectStore;
    }

    @Override
    public Vertx vertx() {
        return vertx;
    }
}
