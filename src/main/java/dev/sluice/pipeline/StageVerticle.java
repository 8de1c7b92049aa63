package dev.sluice.pipeline;

import dev.sluice.broker.BrokerVerticle;
import dev.sluice.broker.Delivery;
import dev.sluice.broker.SupervisedConsumer;
import dev.sluice.common.async.ConcurrencyLimiter;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.pipeline.metrics.DeliveryMetrics;
import dev.sluice.pipeline.run.RunServices;
import dev.sluice.pipeline.run.StageRoute;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes a queue, of a stage or of requests. The prefetch equals the free slots, because the acknowledgement timeout of a
 * prefetched message runs while it waits. More deliveries than slots are received only after a channel was lost; they
 * are queued. Undeployed, the verticle requeues its deliveries without counting the attempts.
 */
public final class StageVerticle extends VerticleBase implements BrokerVerticle {
    private static final Logger LOG = LoggerFactory.getLogger(StageVerticle.class);
    /** Time for cancelled work to end: SIGTERM must be handled within ten seconds altogether. */
    private static final Duration STOP_WITHIN = Duration.ofSeconds(7);

    private final String name;
    private final String queue;
    private final int concurrency;
    private final RabbitMqConfig broker;
    private final DeliveryMetrics metrics;
    private final ConcurrencyLimiter<Delivery> limiter;
    private volatile boolean paused;
    private volatile @Nullable SupervisedConsumer consumer;

    /** Consumes the queue of a stage. */
    public StageVerticle(StageRoute route, int concurrency, RabbitMqConfig broker, RunServices services) {
        this(
                services.metrics().deliveries(route.name().key()),
                route.name().key(),
                route.queue(),
                concurrency,
                broker,
                new StageDeliveryHandler(route, services));
    }

    /**
     * Consumes a queue.
     *
     * @param name for the log
     */
    public StageVerticle(
            DeliveryMetrics metrics,
            String name,
            String queue,
            int concurrency,
            RabbitMqConfig broker,
            DeliveryHandler deliveries) {
        this.metrics = metrics;
        this.name = name;
        this.queue = queue;
        this.concurrency = concurrency;
        this.broker = broker;
        this.limiter = new ConcurrencyLimiter<>(
                concurrency,
                Delivery::isStale,
                (delivery, cancellation) -> measured(delivery, deliveries.handle(delivery, cancellation)),
                command -> context.runOnContext(v -> command.run()));
    }

    private Future<Void> measured(Delivery delivery, Future<Void> handled) {
        metrics.started();
        return handled.onComplete(settled -> metrics.settled(delivery.held()));
    }

    @Override
    public Future<?> start() {
        metrics.consumerStarted(concurrency);
        SupervisedConsumer started = new SupervisedConsumer(vertx, broker, queue, concurrency, limiter::submit);
        consumer = started;
        if (paused) {
            started.pause().onComplete(then -> started.start());
        } else {
            started.start();
        }
        LOG.atDebug()
                .addKeyValue("stage", name)
                .addKeyValue("concurrency", concurrency)
                .log("stage started");
        return Future.succeededFuture();
    }

    /** Consumes nothing after the deployment until {@link #resume}; to be called before it. */
    public void startPaused() {
        paused = true;
    }

    /** Consumes nothing until {@link #resume}; runs in progress continue. Threads: any. */
    public Future<Void> pause() {
        paused = true;
        SupervisedConsumer started = consumer;
        return started == null ? Future.succeededFuture() : started.pause().compose(done -> requeueQueued());
    }

    /** Consumes again. Threads: any. */
    public Future<Void> resume() {
        return consume(concurrency);
    }

    /** Consumes one delivery at a time until {@link #pause} or {@link #resume}. Threads: any. */
    public Future<Void> probe() {
        return consume(1);
    }

    private Future<Void> consume(int prefetch) {
        paused = false;
        SupervisedConsumer started = consumer;
        return started == null ? Future.succeededFuture() : started.resume(prefetch);
    }

    /** Pauses, and completes when no run is in progress. Threads: any. */
    public Future<Void> drain() {
        return pause().compose(done -> onContext(limiter::whenIdle));
    }

    /** The number of runs in progress. Threads: any. */
    public int inUse() {
        return limiter.activeCount();
    }

    private Future<Void> requeueQueued() {
        return onContext(() -> Future.join(requeues()).transform(requeued -> Future.succeededFuture()));
    }

    private List<Future<Void>> requeues() {
        return limiter.drainQueued().stream().map(Delivery::requeue).toList();
    }

    private Future<Void> onContext(Supplier<Future<Void>> action) {
        Promise<Void> promise = Promise.promise();
        context.runOnContext(v -> action.get().onComplete(promise));
        return promise.future();
    }

    @Override
    public Future<Void> whenConnected() {
        return Objects.requireNonNull(consumer).whenConsuming();
    }

    @Override
    public Future<?> stop() {
        metrics.consumerStopped(concurrency);
        SupervisedConsumer stopping = Objects.requireNonNull(consumer);
        return stopping.stopConsuming()
                .compose(stopped -> requeueInFlight())
                .eventually(stopping::stop)
                .onSuccess(done -> LOG.atDebug().addKeyValue("stage", name).log("stage stopped"));
    }

    private Future<Void> requeueInFlight() {
        List<Future<Void>> ends = new ArrayList<>(requeues());
        ends.addAll(limiter.cancel(new JobException(ErrorCode.SHUTDOWN, "The worker is shutting down.")));
        if (ends.isEmpty()) {
            return Future.succeededFuture();
        }
        return Future.join(ends)
                .timeout(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .<Void>mapEmpty()
                .recover(late -> {
                    LOG.atWarn()
                            .addKeyValue("stage", name)
                            .addKeyValue("deliveries", limiter.activeCount())
                            .log("shutdown timeout; unfinished deliveries will be redelivered");
                    return Future.succeededFuture();
                });
    }
}
