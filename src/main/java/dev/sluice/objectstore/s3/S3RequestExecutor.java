package dev.sluice.objectstore.s3;

import dev.sluice.common.async.AsyncSemaphore;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.io.FileErrorMapper;
import dev.sluice.config.S3Config;
import dev.sluice.job.JobException;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectMetadata;
import dev.sluice.objectstore.transfer.DiskThreadPool;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ChecksumMode;

/** What all requests share: the client, the gate before it, and the threads that touch the disk. */
final class S3RequestExecutor {
    private static final int DISK_THREADS = 4;
    private static final int EVENT_LOOPS = 2;
    private static final int QUIET_MILLIS = 100;
    private static final int CLOSE_MILLIS = 3_000;
    private static final int MAX_CONNECTIONS = 64;
    private static final int MIN_CONNECTIONS = 16;

    private final Vertx vertx;
    private final S3Config config;
    private final SdkEventLoopGroup loops;
    private final S3AsyncClient client;
    private final S3ErrorMapper failures;
    private final AsyncSemaphore semaphore;
    private final ExecutorService diskExecutor;
    private final WorkerExecutor files;

    S3RequestExecutor(Vertx vertx, S3Config config) {
        int connections = Math.max(
                config.parallelism(), Math.min(MAX_CONNECTIONS, Math.max(MIN_CONNECTIONS, config.parallelism() * 4)));
        this.vertx = vertx;
        this.config = config;
        this.loops = SdkEventLoopGroup.builder()
                .numberOfThreads(EVENT_LOOPS)
                .threadFactory(new DefaultThreadFactory("sluice-blob-net", true))
                .build();
        this.client = S3ClientFactory.create(config, connections, loops);
        this.failures = new S3ErrorMapper(config.bucket(), S3ClientFactory.describeEndpoint(config), config.caFile());
        this.semaphore = new AsyncSemaphore(connections);
        this.diskExecutor = DiskThreadPool.create("sluice-blob-disk", DISK_THREADS);
        // Reads a whole object to check it: a film may take minutes.
        this.files = vertx.createSharedWorkerExecutor("sluice-blob-files", DISK_THREADS, 30, TimeUnit.MINUTES);
    }

    S3Config config() {
        return config;
    }

    String bucket() {
        return config.bucket();
    }

    /** Where requests begin and bytes from the network are written; what runs here is short. */
    Executor diskExecutor() {
        return diskExecutor;
    }

    /** How a failure's sentence names an object. */
    static String describe(ObjectKey key) {
        return "object '" + key + "'";
    }

    Future<ObjectMetadata> head(ObjectKey key, CancellationToken cancellation) {
        return send(
                        describe(key),
                        cancellation,
                        client -> client.headObject(request ->
                                request.bucket(config.bucket()).key(key.value()).checksumMode(ChecksumMode.ENABLED)))
                .map(S3Responses::metadata);
    }

    /** Sends a request that nobody cancels. */
    <T> Future<T> send(String subject, Function<S3AsyncClient, CompletableFuture<T>> request) {
        return send(subject, new CancellationToken(), request);
    }

    /** Sends a request when there is room for one; {@code subject} says what it is about, for the failure's sentence. */
    <T> Future<T> send(
            String subject, CancellationToken cancellation, Function<S3AsyncClient, CompletableFuture<T>> request) {
        Context context = vertx.getOrCreateContext();
        return semaphore
                .acquire(context)
                .compose(entered -> start(context, cancellation, request).onComplete(done -> semaphore.release()))
                .recover(cause ->
                        Future.failedFuture(cancellation.reason().orElseGet(() -> failures.translate(subject, cause))));
    }

    // Off the event loop: to prepare and sign a request takes the SDK milliseconds, and the first one seconds.
    private <T> Future<T> start(
            Context context, CancellationToken cancellation, Function<S3AsyncClient, CompletableFuture<T>> request) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        diskExecutor.execute(() -> {
            try {
                cancellation.throwIfCancelled();
                forward(request.apply(client), cancellation, answer);
            } catch (RuntimeException cause) {
                answer.completeExceptionally(cause);
            }
        });
        return Future.fromCompletionStage(answer, context);
    }

    private static <T> void forward(
            CompletableFuture<T> sent, CancellationToken cancellation, CompletableFuture<T> answer) {
        CancellationToken.Registration registration = cancellation.onCancel(() -> sent.cancel(true));
        var unused = sent.whenComplete((result, cause) -> {
            registration.close();
            if (cause == null) {
                answer.complete(result);
            } else {
                answer.completeExceptionally(cause);
            }
        });
    }

    /** Does something with files that may take a while. */
    <T> Future<T> runBlocking(Callable<T> work) {
        return files.executeBlocking(
                () -> {
                    try {
                        return work.call();
                    } catch (JobException failure) {
                        throw failure;
                    } catch (Exception cause) {
                        throw FileErrorMapper.translate(cause);
                    }
                },
                false);
    }

    Future<Void> close() {
        return vertx.executeBlocking(
                        () -> {
                            client.close();
                            diskExecutor.shutdown();
                            // Long enough for connections to end, and not the two seconds that the SDK would take.
                            loops.eventLoopGroup()
                                    .shutdownGracefully(QUIET_MILLIS, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
                                    .await(CLOSE_MILLIS);
                            return (Void) null;
                        },
                        false)
                .compose(closed -> files.close());
    }
}
