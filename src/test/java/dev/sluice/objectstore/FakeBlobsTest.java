package dev.sluice.objectstore;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;

final class FakeBlobsTest implements BlobsContract {
    private final Vertx vertx = Vertx.vertx();
    private final FakeBlobs blobs = new FakeBlobs(vertx);

    @AfterEach
    void close() {
        Wait.on(vertx.close());
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
