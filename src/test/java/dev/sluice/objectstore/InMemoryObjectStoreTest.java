package dev.sluice.objectstore;

import static dev.sluice.common.async.Await.await;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;

final class InMemoryObjectStoreTest implements ObjectStoreContract {
    private final Vertx vertx = Vertx.vertx();
    private final InMemoryObjectStore objectStore = new InMemoryObjectStore(vertx);

    @AfterEach
    void close() {
        await(vertx.close());
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
