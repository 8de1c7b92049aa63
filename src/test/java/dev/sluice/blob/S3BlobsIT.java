package dev.sluice.blob;

import dev.sluice.config.S3Config;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

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

    @Override
    public Blobs blobs() {
        return blobs;
    }

    @Override
    public Vertx vertx() {
        return vertx;
    }
}
