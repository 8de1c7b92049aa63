package dev.sluice.objectstore;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;

final class InMemoryObjectStoreTest implements ObjectStoreContract {
    private final Vertx vertx = Vertx.vertx();
    private final InMemoryObjectStore objectStore = new InMemoryObjectStore(vertx);

    @AfterEach
    void close() {
        Wait.on(vertx.close());
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
