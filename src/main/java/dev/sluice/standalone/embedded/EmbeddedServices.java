package dev.sluice.standalone.embedded;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker, a database and an object store in this JVM, each real and spoken to by the production clients, with their data
 * in one directory that one process at a time may use.
 */
public final class EmbeddedServices implements AutoCloseable {
    static final String BUCKET = "media";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServices.class);

    private final Path directory;
    private final EmbeddedBroker broker;
    private final EmbeddedDatabase database;
    private final EmbeddedObjectStore store;
    private final Deque<AutoCloseable> started;

    private EmbeddedServices(
            Path directory,
            EmbeddedBroker broker,
            EmbeddedDatabase database,
            EmbeddedObjectStore store,
            Deque<AutoCloseable> started) {
        this.directory = directory;
        this.broker = broker;
        this.database = database;
        this.store = store;
        this.started = started;
    }

    /**
     * Starts the three side by side; blocks for some seconds, the first time for some more.
     *
     * @throws IOException if the directory cannot be used, another process uses it, or a service does not start; nothing is
     *     left running then
     */
    public static EmbeddedServices start(Path data) throws IOException {
        Path directory = Files.createDirectories(data.toAbsolutePath().normalize());
        Deque<AutoCloseable> started = new ArrayDeque<>();
        started.push(LockFile.acquire(
                directory.resolve("lock"),
                "Another Sluice runs on " + directory + "; stop it, or give this one another --data."));
        var broker = starting(() -> EmbeddedBroker.start(directory.resolve("broker")));
        var database = starting(() -> EmbeddedDatabase.start(directory.resolve("postgres")));
        var store = starting(() -> EmbeddedObjectStore.start(directory.resolve("s3"), BUCKET));
        try {
            return new EmbeddedServices(
                    directory, up(broker, started), up(database, started), up(store, started), started);
        } catch (CompletionException failed) {
            // The others may still be on their way up.
            for (CompletableFuture<? extends AutoCloseable> other : List.of(broker, database, store)) {
                other.handle((service, cause) -> service == null || started.contains(service) || started.add(service))
                        .join();
            }
            closeAll(started);
            Throwable cause = Objects.requireNonNullElse(failed.getCause(), failed);
            throw new IOException(String.valueOf(cause.getMessage()), cause);
        }
    }

    /** The sections of a configuration that lead to these services. */
    public JsonObject configuration() {
        return new JsonObject()
                .put(
                        "rabbitmq",
                        new JsonObject()
                                .put("uri", broker.uri())
                                .put("user", broker.user())
                                .put("password", broker.password().reveal()))
                .put(
                        "postgres",
                        new JsonObject()
                                .put("uri", database.uri())
                                .put("user", database.user())
                                .put("password", database.password()))
                .put(
                        "s3",
                        new JsonObject()
                                .put("endpoint", store.endpoint().toString())
                                .put("bucket", BUCKET)
                                .put("accessKey", store.accessKey())
                                .put("secretKey", store.secretKey()))
                .put(
                        "workspace",
                        new JsonObject()
                                .put("directory", directory.resolve("work").toString()))
                .put(
                        "ffmpeg",
                        new JsonObject()
                                .put(
                                        "cacheDirectory",
                                        directory.resolve("ffmpeg").toString()));
    }

    /** Where the object with this key lies as a file. */
    public Path file(String key) {
        return directory.resolve("s3").resolve(BUCKET).resolve(key);
    }

    @Override
    public void close() {
        closeAll(started);
    }

    private static <T> CompletableFuture<T> starting(Callable<T> start) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return start.call();
            } catch (Exception failed) {
                throw new CompletionException(failed);
            }
        });
    }

    private static <T extends AutoCloseable> T up(CompletableFuture<T> starting, Deque<AutoCloseable> started) {
        T service = starting.join();
        started.push(service);
        return service;
    }

    private static void closeAll(Deque<AutoCloseable> started) {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception failed) {
                LOG.atWarn().setCause(failed).log("an embedded service did not close");
            }
        }
    }
}
