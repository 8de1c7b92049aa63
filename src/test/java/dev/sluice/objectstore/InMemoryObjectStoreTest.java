package dev.sluice.objectstore;

import static dev.sluice.common.async.Await.await;

import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
final class InMemoryObjectStoreTest implements ObjectStoreContract {
    private final Vertx vertx;
    private final InMemoryObjectStore objectStore;

    InMemoryObjectStoreTest(Vertx vertx) {
        this.vertx = vertx;
        this.objectStore = new InMemoryObjectStore(vertx);
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
