package dev.sluice.standalone.embedded;

import dev.sluice.common.io.PrivateFiles;
import dev.sluice.config.value.Secret;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
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

/** Embedded broker, database and object store, with their data in one directory, for one process at a time. */
public final class EmbeddedServices implements AutoCloseable {
    static final String BUCKET = "media";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServices.class);

    /** Above those of the database. */
    private static final int MIN_BROKER_PORT = 32_000;

    private static final int MAX_BROKER_PORT = 32_768;

    private final Path directory;
    private final BrokerAddress brokerAddress;
    private final CompletableFuture<EmbeddedBroker> broker;
    private final EmbeddedDatabase database;
    private final EmbeddedObjectStore store;
    private final Deque<AutoCloseable> started;

    /** What clients need to know of the broker, determined before it starts. */
    private record BrokerAddress(int port, Secret password) {
        static BrokerAddress choose() throws IOException {
            return new BrokerAddress(FreePort.between(MIN_BROKER_PORT, MAX_BROKER_PORT), EmbeddedBroker.newPassword());
        }
    }

    private EmbeddedServices(
            Path directory,
            BrokerAddress brokerAddress,
            CompletableFuture<EmbeddedBroker> broker,
            EmbeddedDatabase database,
            EmbeddedObjectStore store,
            Deque<AutoCloseable> started) {
        this.directory = directory;
        this.brokerAddress = brokerAddress;
        this.broker = broker;
        this.database = database;
        this.store = store;
        this.started = started;
    }

    /**
     * Starts the services in parallel; blocks for some seconds, at the first start for longer.
     *
     * @throws IOException if the directory is unusable or in use, or a service does not start; then all are stopped
     */
    public static EmbeddedServices start(Path data) throws IOException {
        EmbeddedServices services = startBeforeBroker(data);
        try {
            services.whenBrokerStarted().await();
            return services;
        } catch (Exception failed) {
            services.close();
            throw failed;
        }
    }

    /** As {@link #start}, without waiting for the broker, which takes longest: see {@link #whenBrokerStarted}. */
    static EmbeddedServices startBeforeBroker(Path data) throws IOException {
        Path directory = data.toAbsolutePath().normalize();
        Deque<AutoCloseable> started = new ArrayDeque<>();
        started.push(lock(directory));
        BrokerAddress address = BrokerAddress.choose();
        var broker =
                startAsync(() -> EmbeddedBroker.start(directory.resolve("broker"), address.port(), address.password()));
        var database = startAsync(() -> EmbeddedDatabase.start(directory.resolve("postgres")));
        var store = startAsync(() -> EmbeddedObjectStore.start(directory.resolve("s3"), BUCKET));
        try {
            return new EmbeddedServices(
                    directory, address, broker, await(database, started), await(store, started), started);
        } catch (CompletionException failed) {
            // The other services may still be starting.
            List.of(broker, database, store).forEach(service -> whenStarted(service, started));
            closeAll(started);
            throw describe(failed);
        }
    }

    /** Completes when the broker has started; fails with an {@link IOException} if it does not start. */
    Future<Void> whenBrokerStarted() {
        return Future.fromCompletionStage(broker)
                .<Void>mapEmpty()
                .recover(failed -> Future.failedFuture(describe(failed)));
    }

    private static IOException describe(Throwable failed) {
        Throwable cause =
                failed instanceof CompletionException ? Objects.requireNonNullElse(failed.getCause(), failed) : failed;
        return new IOException(String.valueOf(cause.getMessage()), cause);
    }

    private static AutoCloseable lock(Path directory) throws IOException {
        try {
            PrivateFiles.createDirectories(directory);
            return LockFile.acquire(
                    directory.resolve("lock"),
                    "The data directory " + directory
                            + " is used by another Sluice process: stop it or choose another directory with --data.");
        } catch (FileSystemException unusable) {
            throw new IOException(
                    "The data directory " + directory + " cannot be used: " + unusable.getFile() + " "
                            + reason(unusable) + ". Choose a directory with write permission with --data.",
                    unusable);
        }
    }

    private static String reason(FileSystemException cause) {
        if (cause instanceof AccessDeniedException) {
            return "cannot be written";
        }
        return cause instanceof FileAlreadyExistsException
                ? "is not a directory"
                : "cannot be created (" + cause.getClass().getSimpleName() + ": " + cause.getReason() + ")";
    }

    /** The configuration sections of these services and of the directory. */
    public JsonObject configuration() {
        return new JsonObject()
                .put(
                        "rabbitmq",
                        new JsonObject()
                                .put("uri", EmbeddedBroker.uri(brokerAddress.port()))
                                .put("user", EmbeddedBroker.USER)
                                .put("password", brokerAddress.password().reveal()))
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

    /** The file of an object. */
    public Path objectPath(String key) {
        return directory.resolve("s3").resolve(BUCKET).resolve(key);
    }

    @Override
    public void close() {
        whenStarted(broker, started);
        closeAll(started);
    }

    private static <T> CompletableFuture<T> startAsync(Callable<T> start) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return start.call();
            } catch (Exception failed) {
                throw new CompletionException(failed);
            }
        });
    }

    private static <T extends AutoCloseable> T await(CompletableFuture<T> starting, Deque<AutoCloseable> started) {
        T service = starting.join();
        started.push(service);
        return service;
    }

    /** Waits until the service has started or failed, and remembers to close it. */
    private static void whenStarted(CompletableFuture<? extends AutoCloseable> starting, Deque<AutoCloseable> started) {
        starting.handle((service, failed) ->
                        service == null || started.contains(service) || started.offerFirst(service))
                .join();
    }

    private static void closeAll(Deque<AutoCloseable> started) {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception failed) {
                LOG.atWarn().setCause(failed).log("embedded service failed to stop");
            }
        }
    }
}
