package dev.sluice.pipeline.health;

import dev.sluice.config.DeliveryConfig;
import dev.sluice.persistence.worker.WorkerRepository;
import dev.sluice.pipeline.metrics.RunMetricsRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The health of the stages of this worker, by the names of their verticles. Threads: any. */
public final class StageHealthRegistry {
    private final Vertx vertx;
    private final WorkerRepository workers;
    private final RunMetricsRegistry metrics;
    private final Map<String, StageHealth> stages = new ConcurrentHashMap<>();
    private volatile DeliveryConfig config;
    private volatile Supplier<Future<Void>> modeListener = Future::succeededFuture;

    public StageHealthRegistry(
            Vertx vertx, WorkerRepository workers, RunMetricsRegistry metrics, DeliveryConfig config) {
        this.vertx = vertx;
        this.workers = workers;
        this.metrics = metrics;
        this.config = config;
    }

    /** Returns the health of the runs that the consumers of this verticle execute. */
    public StageHealth of(String verticle) {
        return stages.computeIfAbsent(verticle, name -> new StageHealth(this, name, metrics.deliveries(name)));
    }

    /** Uses these settings from the next failure on. */
    public void reconfigure(DeliveryConfig changed) {
        config = changed;
    }

    /** Calls {@code listener} whenever the mode of a stage has changed; it applies {@link #modeOf}. */
    public void onModeChange(Supplier<Future<Void>> listener) {
        modeListener = listener;
    }

    /** What the consumers of a verticle may do, as far as its runs decide it. */
    public ConsumerMode modeOf(String verticle) {
        return find(verticle).map(StageHealth::mode).orElse(ConsumerMode.RUNNING);
    }

    /** The health of a verticle that has executed runs. */
    public Optional<StageHealth> find(String verticle) {
        return Optional.ofNullable(stages.get(verticle));
    }

    /** Resumes the paused stages that no other worker runs. Never fails. */
    public Future<Void> resumeWithoutPeers() {
        return Future.join(stages.values().stream()
                        .map(StageHealth::resumeWithoutPeers)
                        .toList())
                .transform(checked -> Future.succeededFuture());
    }

    /** Forgets the failures of a verticle, and resumes it: it is deployed again. */
    public void reset(String verticle) {
        find(verticle).ifPresent(StageHealth::reset);
    }

    /** Ends all timers. */
    public void close() {
        stages.values().forEach(StageHealth::close);
    }

    Vertx vertx() {
        return vertx;
    }

    DeliveryConfig config() {
        return config;
    }

    Future<Optional<WorkerRepository.Peers>> peers(String verticle) {
        return workers.findPeers(metrics.worker(), verticle);
    }

    Future<Void> modeChanged() {
        return modeListener.get();
    }
}
