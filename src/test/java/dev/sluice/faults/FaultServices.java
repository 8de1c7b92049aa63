package dev.sluice.faults;

import com.rabbitmq.client.Connection;
import dev.sluice.broker.RabbitNode;
import dev.sluice.objectstore.s3.FaultProxy;
import dev.sluice.objectstore.s3.TestBucket;
import dev.sluice.standalone.embedded.EmbeddedObjectStore;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Services owned by one run, which can be killed and restarted. */
final class FaultServices implements AutoCloseable {
    private static final String BUCKET = "media";

    private static final String JOB_TABLE = """
            CREATE TYPE "ProcessingStatus" AS ENUM ('PENDING', 'PROCESSING', 'COMPLETED', 'REJECTED', 'FAILED');
            CREATE TABLE "VideoProcessingJob" (
                "id" TEXT NOT NULL PRIMARY KEY, "mediaId" TEXT NOT NULL, "userId" TEXT NOT NULL, "s3Key" TEXT NOT NULL,
                "originalFilename" TEXT NOT NULL, "status" "ProcessingStatus" NOT NULL DEFAULT 'PENDING',
                "progress" INTEGER NOT NULL DEFAULT 0, "currentStep" TEXT, "errorMessage" TEXT, "thumbnails" JSONB,
                "videoVersions" JSONB, "metadata" JSONB, "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
                "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "completedAt" TIMESTAMP(3));
            """;

    private final ResourceStack opened = new ResourceStack();
    private final RabbitNode rabbit;
    private final PostgresServer postgres;
    private final FaultProxy storeProxy;
    private final TestBucket bucket;

    private FaultServices(Vertx vertx, Path directory, String... rabbitSettings) throws IOException {
        try {
            rabbit = opened.add(RabbitNode.start(rabbitSettings));
            postgres = opened.add(PostgresServer.start(directory.resolve("postgres")));
            postgres.database().execute(JOB_TABLE);
            Path objects = directory.resolve("s3");
            bucket = new TestBucket(opened.add(EmbeddedObjectStore.start(objects, BUCKET)), objects.resolve(BUCKET));
            storeProxy = FaultProxy.before(vertx, bucket.config());
            opened.add(() -> storeProxy().close().await(10, TimeUnit.SECONDS));
        } catch (IOException | RuntimeException failure) {
            opened.closeAfter(failure);
            throw failure;
        }
    }

    /** Starts all services; takes 10 to 20 s. */
    static FaultServices start(Vertx vertx, Path directory, String... rabbitSettings) throws IOException {
        return new FaultServices(vertx, directory, rabbitSettings);
    }

    RabbitNode rabbit() {
        return rabbit;
    }

    PostgresServer postgres() {
        return postgres;
    }

    /** The proxy between every worker and the store. */
    FaultProxy storeProxy() {
        return storeProxy;
    }

    TestBucket bucket() {
        return bucket;
    }

    URI rabbitAddress() {
        return URI.create("amqp://127.0.0.1:" + rabbit.port());
    }

    URI postgresAddress() {
        return URI.create("postgresql://127.0.0.1:" + postgres.port());
    }

    URI storeAddress() {
        return storeProxy.config().endpoint().orElseThrow();
    }

    /** Connects to the broker directly: only a fault of the broker breaks the connection. */
    Connection connect() throws IOException, TimeoutException {
        return rabbit.connect();
    }

    @Override
    public void close() throws IOException {
        opened.close();
    }
}
