package dev.sluice.objectstore.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.async.Cancellation;
import dev.sluice.common.async.Progress;
import dev.sluice.config.S3Config;
import dev.sluice.objectstore.BlobInfo;
import dev.sluice.objectstore.BlobKey;
import dev.sluice.objectstore.Blobs;
import dev.sluice.objectstore.BlobsContract;
import dev.sluice.objectstore.SampleFile;
import dev.sluice.objectstore.UnfinishedUpload;
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

@ExtendWith(StoreFixture.class)
final class S3BlobsIT implements BlobsContract {
    private final Vertx vertx = Vertx.vertx();
    private S3Blobs blobs;

    @BeforeEach
    void open(S3Config config) {
        blobs = new S3Blobs(vertx, config);
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
        BlobKey key = new BlobKey("видео/ünï 🎬.mp4");
        Path source = SampleFile.of(dir.resolve("source"), 10);

        Wait.on(blobs.put(key, source, "video/mp4", Progress.none(), new Cancellation()));

        assertThat(Wait.on(blobs.head(key)).size()).isEqualTo(10);
    }

    @Test
    void copiesInPartsWhatIsTooLargeForOneRequest(@TempDir Path dir, S3Config config) {
        Path source = SampleFile.of(dir.resolve("source"), 2L * PART + 7);
        BlobKey copy = new BlobKey("copy");
        Wait.on(blobs.put(KEY, source, "video/mp4", Progress.none(), new Cancellation()));
        S3Session session = new S3Session(vertx, config);

        BlobInfo copied = Wait.on(new S3Copy(session, KEY, 2L * PART + 7, copy, PART, new Cancellation())
                .run()
                .eventually(session::close));

        assertThat(copied.contentType()).contains("video/mp4");
        Wait.on(blobs.fetch(copy, dir.resolve("target"), Progress.none(), new Cancellation()));
        assertThat(dir.resolve("target")).hasSameBinaryContentAs(source);
    }

    @Test
    void findsAndEndsUploadsThatNobodyGoesOnWith(S3Config config) {
        S3Session session = new S3Session(vertx, config);
        Wait.on(session.send(
                        "upload",
                        client -> client.createMultipartUpload(
                                request -> request.bucket(config.bucket()).key("left/a/1")))
                .eventually(session::close));

        List<UnfinishedUpload> found = Wait.on(blobs.unfinished("left/"));
        Wait.on(blobs.abort(found));
        Wait.on(blobs.abort(found));

        assertThat(found).extracting(UnfinishedUpload::key).containsExactly(new BlobKey("left/a/1"));
        assertThat(Wait.on(blobs.unfinished("left/"))).isEmpty();
    }

    @Override
    public Blobs blobs() {
        return blobs;
    }

    @Override
    public Vertx vertx() {
        return vertx;
    }
}
