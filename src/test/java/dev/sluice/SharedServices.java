package dev.sluice;

import dev.sluice.broker.RabbitNode;
import dev.sluice.broker.TestBroker;
import dev.sluice.common.io.DirectoryTree;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.objectstore.s3.TestBucket;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.standalone.SampleClip;
import dev.sluice.standalone.embedded.EmbeddedBroker;
import dev.sluice.standalone.embedded.EmbeddedDatabase;
import dev.sluice.standalone.embedded.EmbeddedObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;

/** Services that all tests of a JVM share. Each is started when it is first needed and closed when the JVM ends. */
public final class SharedServices {
    /** Integration tests run in two JVMs side by side; the build names each of them. */
    private static final Path ROOT =
            Path.of("target", "it", System.getProperty("sluice.jvm", "jvm")).toAbsolutePath();

    private static final Path OBJECTS = ROOT.resolve("s3");

    /** By their length in seconds. */
    private static final Map<Integer, Path> CLIPS = new ConcurrentHashMap<>();

    private static final Shared<EmbeddedDatabase> POSTGRES = new Shared<>(SharedServices::startPostgres);
    private static final Shared<EmbeddedObjectStore> OBJECT_STORE =
            new Shared<>(() -> EmbeddedObjectStore.start(empty(OBJECTS), "unused"));
    private static final Shared<TestBroker> EMBEDDED_BROKER =
            new Shared<>(() -> new TestBroker.InProcess(EmbeddedBroker.start(empty(ROOT.resolve("broker")))));
    private static final Shared<TestBroker> RABBIT_MQ = new Shared<>(RabbitNode::start);

    private SharedServices() {}

    /** Creates an empty database. */
    public static TestDatabase newDatabase() {
        String name = "it_" + UUID.randomUUID().toString().replace("-", "");
        new TestDatabase(POSTGRES.get(), "sluice").execute("CREATE DATABASE " + name);
        return new TestDatabase(POSTGRES.get(), name);
    }

    /** Creates an empty bucket, which is deleted when it is closed. */
    public static TestBucket newBucket() throws IOException {
        String name = "test-" + UUID.randomUUID();
        return new TestBucket(OBJECT_STORE.get(), Files.createDirectory(OBJECTS.resolve(name)));
    }

    /** Returns a clip with audio, generated when it is first needed; tests only read it. */
    public static Path clip(int seconds) {
        return CLIPS.computeIfAbsent(
                seconds,
                length -> SampleClip.generate(
                        FfmpegFixture.ffmpeg(),
                        clipDirectory(),
                        "clip-" + length + ".mp4",
                        Duration.ofSeconds(length),
                        "640x360"));
    }

    private static Path clipDirectory() {
        try {
            return Files.createDirectories(ROOT.resolve("clips"));
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    /** Returns the embedded broker without queues. */
    public static TestBroker embeddedBroker() {
        return withoutQueues(EMBEDDED_BROKER.get());
    }

    /** Returns RabbitMQ without queues; the embedded broker if RabbitMQ is not installed. */
    public static TestBroker rabbitMq() {
        return RabbitNode.installed() ? withoutQueues(RABBIT_MQ.get()) : embeddedBroker();
    }

    private static TestBroker withoutQueues(TestBroker broker) {
        try {
            broker.deleteTopology();
            return broker;
        } catch (IOException | TimeoutException cause) {
            throw new IllegalStateException("queues not deleted", cause);
        }
    }

    /** Databases of earlier runs are dropped. */
    private static EmbeddedDatabase startPostgres() throws IOException {
        EmbeddedDatabase server = EmbeddedDatabase.start(ROOT.resolve("postgres"));
        TestDatabase main = new TestDatabase(server, "sluice");
        main.query("SELECT datname FROM pg_database WHERE datname LIKE 'it\\_%'")
                .forEach(row -> main.execute("DROP DATABASE " + row.get("datname") + " WITH (FORCE)"));
        return server;
    }

    private static Path empty(Path directory) throws IOException {
        DirectoryTree.deleteRecursively(directory);
        return Files.createDirectories(directory);
    }

    private static final class Shared<T extends AutoCloseable> {
        private final Callable<T> start;
        private Optional<T> service = Optional.empty();

        Shared(Callable<T> start) {
            this.start = start;
        }

        synchronized T get() {
            if (service.isEmpty()) {
                try {
                    service = Optional.of(start.call());
                } catch (Exception cause) {
                    throw new IllegalStateException("service not started", cause);
                }
                Runtime.getRuntime().addShutdownHook(new Thread(this::close, "close-shared-service"));
            }
            return service.get();
        }

        private void close() {
            try {
                get().close();
            } catch (Exception cause) {
                throw new IllegalStateException(cause);
            }
        }
    }
}
