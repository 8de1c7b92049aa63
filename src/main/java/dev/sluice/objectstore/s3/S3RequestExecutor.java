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
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ChecksumMode;

/** Executes requests: the client, the limit of concurrent requests, and the threads for file access. */
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
    private final S3Spans spans;
    private final S3ErrorMapper errors;
    private final AsyncSemaphore semaphore;
    private final ExecutorService diskExecutor;
    private final WorkerExecutor files;

    S3RequestExecutor(Vertx vertx, S3Config config, S3Metrics metrics) {
        int connections = Math.max(
                config.parallelism(), Math.min(MAX_CONNECTIONS, Math.max(MIN_CONNECTIONS, config.parallelism() * 4)));
        this.vertx = vertx;
        this.config = config;
        this.loops = SdkEventLoopGroup.builder()
                .numberOfThreads(EVENT_LOOPS)
                .threadFactory(new DefaultThreadFactory("sluice-s3-net", true))
                .build();
        this.spans = new S3Spans(config.bucket());
        this.client = S3ClientFactory.create(config, connections, loops, List.of(metrics, spans));
        this.errors = new S3ErrorMapper(config.bucket(), S3ClientFactory.describeEndpoint(config), config.caFile());
        this.semaphore = new AsyncSemaphore(connections);
        this.diskExecutor = DiskThreadPool.create("sluice-s3-disk", DISK_THREADS);
        // Verification reads a whole file, which takes minutes for a long video.
        this.files = vertx.createSharedWorkerExecutor("sluice-s3-files", DISK_THREADS, 30, TimeUnit.MINUTES);
    }

    S3Config config() {
        return config;
    }

    String bucket() {
        return config.bucket();
    }

    /** Runs short tasks: prepares requests and writes received bytes. */
    Executor diskExecutor() {
        return diskExecutor;
    }

    /** Names an object in error messages. */
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

    /** Sends a request that cannot be cancelled. */
    <T> Future<T> send(String subject, Function<S3AsyncClient, CompletableFuture<T>> request) {
        return send(subject, new CancellationToken(), request);
    }

    /** Sends a request when a permit is available; {@code subject} names its target in error messages. */
    <T> Future<T> send(
            String subject, CancellationToken cancellation, Function<S3AsyncClient, CompletableFuture<T>> request) {
        Context context = vertx.getOrCreateContext();
        return semaphore
                .acquire(context)
                .compose(acquired -> start(context, cancellation, request).onComplete(done -> semaphore.release()))
                .recover(cause ->
                        Future.failedFuture(cancellation.reason().orElseGet(() -> errors.translate(subject, cause))));
    }

    // Not on the event loop: preparing and signing takes the SDK milliseconds, the first time seconds.
    private <T> Future<T> start(
            Context context, CancellationToken cancellation, Function<S3AsyncClient, CompletableFuture<T>> request) {
        CompletableFuture<T> response = new CompletableFuture<>();
        diskExecutor.execute(() -> {
            try {
                cancellation.throwIfCancelled();
                forward(spans.sendWithin(cancellation.span(), () -> request.apply(client)), cancellation, response);
            } catch (RuntimeException cause) {
                response.completeExceptionally(cause);
            }
        });
        return Future.fromCompletionStage(response, context);
    }

    private static <T> void forward(
            CompletableFuture<T> sent, CancellationToken cancellation, CompletableFuture<T> response) {
        CancellationToken.Registration registration = cancellation.onCancel(() -> sent.cancel(true));
        var unused = sent.whenComplete((result, cause) -> {
            registration.close();
            if (cause == null) {
                response.complete(result);
            } else {
                response.completeExceptionally(cause);
            }
        });
    }

    /** Runs file access that may take long. */
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
                            // Long enough for connections to close; the SDK would wait two seconds.
                            loops.eventLoopGroup()
                                    .shutdownGracefully(QUIET_MILLIS, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
                                    .await(CLOSE_MILLIS);
                            return (Void) null;
                        },
                        false)
                .compose(closed -> files.close());
    }
}
