package dev.sluice.objectstore.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.config.S3Config;
import dev.sluice.objectstore.MultipartUploadId;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectMetadata;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.objectstore.ObjectStoreContract;
import dev.sluice.objectstore.SampleFile;
import dev.sluice.objectstore.Wait;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(ObjectStoreFixture.class)
final class S3ObjectStoreIT implements ObjectStoreContract {
    private final Vertx vertx = Vertx.vertx();
    private S3ObjectStore blobs;

    @BeforeEach
    void open(S3Config config) {
        blobs = new S3ObjectStore(vertx, config);
    }

    @AfterEach
    void close() {
        Wait.on(blobs.close());
        Wait.on(vertx.close());
    }

    @Test
    void takesAKeyInAnyScript(@TempDir Path dir) {
        // The store for tests keeps objects as files: where the system's names are ASCII, it can't.
        Assumptions.assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "needs file names in UTF-8");
        ObjectKey key = new ObjectKey("видео/ünï 🎬.mp4");
        Path source = SampleFile.of(dir.resolve("source"), 10);

        Wait.on(blobs.put(key, source, "video/mp4", ProgressListener.none(), new CancellationToken()));

        assertThat(Wait.on(blobs.head(key)).size()).isEqualTo(10);
    }

    @Test
    void copiesInPartsWhatIsTooLargeForOneRequest(@TempDir Path dir, S3Config config) {
        Path source = SampleFile.of(dir.resolve("source"), 2L * PART + 7);
        ObjectKey copy = new ObjectKey("copy");
        Wait.on(blobs.put(KEY, source, "video/mp4", ProgressListener.none(), new CancellationToken()));
        S3RequestExecutor session = new S3RequestExecutor(vertx, config);

        ObjectMetadata copied = Wait.on(new S3Copy(session, KEY, 2L * PART + 7, copy, PART, new CancellationToken())
                .run()
                .eventually(session::close));

        assertThat(copied.contentType()).contains("video/mp4");
        Wait.on(blobs.fetch(copy, dir.resolve("target"), ProgressListener.none(), new CancellationToken()));
        assertThat(dir.resolve("target")).hasSameBinaryContentAs(source);
    }

    @Test
    void findsAndEndsUploadsThatNobodyGoesOnWith(S3Config config) {
        S3RequestExecutor session = new S3RequestExecutor(vertx, config);
        Wait.on(session.send(
                        "upload",
                        client -> client.createMultipartUpload(
                                request -> request.bucket(config.bucket()).key("left/a/1")))
                .eventually(session::close));

        List<MultipartUploadId> found = Wait.on(blobs.unfinished("left/"));
        Wait.on(blobs.abort(found));
        Wait.on(blobs.abort(found));

        assertThat(found).extracting(MultipartUploadId::key).containsExactly(new ObjectKey("left/a/1"));
        assertThat(Wait.on(blobs.unfinished("left/"))).isEmpty();
    }

    @Override
    public ObjectStore blobs() {
        return blobs;
    }

    @Override
    public Vertx vertx() {
        return vertx;
    }
}
