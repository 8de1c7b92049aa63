package dev.sluice.monitoring;

import dev.sluice.broker.QueueInspector;
import dev.sluice.broker.QueueInspector.QueueInfo;
import dev.sluice.broker.Topology;
import dev.sluice.job.StageName;
import dev.sluice.persistence.job.BacklogRepository;
import dev.sluice.persistence.job.BacklogRepository.OutboxBacklog;
import dev.sluice.persistence.job.BacklogRepository.StageBacklog;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Meters of the work that waits in database and broker, the same in every process. They are read when metrics are requested, at
 * most once in an interval, and NaN while the service does not respond. {@link #refresh}: one context; meters: any thread.
 */
public final class BacklogMetrics {
    /** The database reads all open runs; the broker logs each inspection, which opens a connection. */
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private static final long TIMEOUT_SECONDS = 3;

    private final Source<Map<StageName, StageBacklog>> stages;
    private final Source<OutboxBacklog> outbox;
    private final Source<Map<String, QueueInfo>> queues;

    public BacklogMetrics(MeterRegistry registry, BacklogRepository repository, QueueInspector inspector) {
        this.stages = new Source<>(repository::stages, errors(registry, "database"));
        this.outbox = new Source<>(repository::outbox, errors(registry, "database"));
        this.queues = new Source<>(() -> inspector.inspect(Topology.OBSERVED_QUEUES), errors(registry, "broker"));
        for (StageName stage : StageName.values()) {
            stage(registry, stage, "sluice.backlog.waiting", "Runs that wait for a worker.", StageBacklog::waiting);
            stage(registry, stage, "sluice.backlog.running", "Runs under a lease.", StageBacklog::running);
            stage(registry, stage, "sluice.backlog.delayed", "Runs that wait for a retry.", StageBacklog::delayed);
            stage(registry, stage, "sluice.backlog.held", "Runs that a limit holds back.", StageBacklog::held);
            Gauge.builder("sluice.backlog.oldest", this, all -> all.stage(stage, StageBacklog::oldestWaitingSeconds))
                    .description("Age of the oldest waiting run; 0: none waits.")
                    .baseUnit("seconds")
                    .tag("stage", stage.key())
                    .register(registry);
        }
        Gauge.builder("sluice.outbox.messages", outbox, source -> source.read(OutboxBacklog::messages))
                .description("Messages of the outbox, also those that are due later.")
                .register(registry);
        Gauge.builder("sluice.outbox.lag", outbox, source -> source.read(OutboxBacklog::lagSeconds))
                .description("Time since the oldest due message of the outbox was due; 0: none is due.")
                .baseUnit("seconds")
                .register(registry);
        for (String queue : Topology.OBSERVED_QUEUES) {
            queue(registry, queue, "sluice.queue.messages", "Messages ready for delivery.", QueueInfo::messages);
            queue(registry, queue, "sluice.queue.consumers", "Consumers of the queue.", QueueInfo::consumers);
        }
    }

    private static Consumer<Throwable> errors(MeterRegistry registry, String service) {
        Counter counter = Counter.builder("sluice.monitoring.errors")
                .description("Failed reads of figures that other services provide.")
                .tag("service", service)
                .register(registry);
        return cause -> counter.increment();
    }

    private void stage(
            MeterRegistry registry,
            StageName stage,
            String name,
            String description,
            ToDoubleFunction<StageBacklog> figure) {
        Gauge.builder(name, this, all -> all.stage(stage, figure))
                .description(description)
                .tag("stage", stage.key())
                .register(registry);
    }

    private double stage(StageName stage, ToDoubleFunction<StageBacklog> figure) {
        return stages.read(all -> figure(all.get(stage), figure));
    }

    private void queue(
            MeterRegistry registry, String queue, String name, String description, ToDoubleFunction<QueueInfo> figure) {
        Gauge.builder(name, queues, source -> source.read(all -> figure(all.get(queue), figure)))
                .description(description)
                .tag("queue", queue)
                .register(registry);
    }

    private static <T> double figure(@Nullable T found, ToDoubleFunction<T> figure) {
        return found == null ? Double.NaN : figure.applyAsDouble(found);
    }

    /** Reads what is older than its interval; never fails. */
    Future<Void> refresh() {
        return Future.join(stages.refresh(), outbox.refresh(), queues.refresh()).mapEmpty();
    }

    /** The last value from a service. */
    private static final class Source<T> {
        private final Supplier<Future<T>> query;
        private final Consumer<Throwable> onFailure;
        private Future<Void> refreshed = Future.succeededFuture();
        private long dueNanos = System.nanoTime();
        private volatile @Nullable T value;

        Source(Supplier<Future<T>> query, Consumer<Throwable> onFailure) {
            this.query = query;
            this.onFailure = onFailure;
        }

        Future<Void> refresh() {
            if (refreshed.isComplete() && System.nanoTime() - dueNanos >= 0) {
                dueNanos = System.nanoTime() + INTERVAL.toNanos();
                refreshed = query.get()
                        .timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                        .onSuccess(read -> value = read)
                        .onFailure(cause -> {
                            value = null;
                            onFailure.accept(cause);
                        })
                        .<Void>mapEmpty()
                        .otherwiseEmpty();
            }
            return refreshed;
        }

        double read(ToDoubleFunction<T> figure) {
            return figure(value, figure);
        }
    }
}
