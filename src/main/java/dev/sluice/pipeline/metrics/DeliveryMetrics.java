package dev.sluice.pipeline.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Meters of the deliveries of one stage, or of the requests, in this process. Threads: any. */
public final class DeliveryMetrics {
    /** The last is the default consumer timeout of RabbitMQ. */
    private static final Duration[] HOLD_BUCKETS = RunMetrics.seconds(0.1, 1, 10, 60, 300, 600, 1800);

    private final AtomicInteger concurrency = new AtomicInteger();
    private final AtomicInteger inUse = new AtomicInteger();
    private final AtomicInteger pausedByFailures = new AtomicInteger();
    private final Timer hold;

    DeliveryMetrics(String stage, MeterRegistry registry) {
        this.hold = Timer.builder("sluice.delivery.hold")
                .description("Time from receiving a delivery to its acknowledgement or requeue.")
                .tag("stage", stage)
                .serviceLevelObjectives(HOLD_BUCKETS)
                .register(registry);
        Gauge.builder("sluice.stage.concurrency", concurrency, AtomicInteger::get)
                .description("Concurrency limit of this process.")
                .tag("stage", stage)
                .register(registry);
        Gauge.builder("sluice.stage.in.use", inUse, AtomicInteger::get)
                .description("Deliveries in progress.")
                .tag("stage", stage)
                .register(registry);
        Gauge.builder("sluice.stage.paused.by.failures", pausedByFailures, AtomicInteger::get)
                .description("1 while this worker pauses the stage because its runs fail.")
                .tag("stage", stage)
                .register(registry);
    }

    /** Adds the limit of a consumer that starts. */
    public void consumerStarted(int limit) {
        concurrency.addAndGet(limit);
    }

    /** Removes the limit of a consumer that stops. */
    public void consumerStopped(int limit) {
        concurrency.addAndGet(-limit);
    }

    public void setPausedByFailures(boolean isPaused) {
        pausedByFailures.set(isPaused ? 1 : 0);
    }

    public void started() {
        inUse.incrementAndGet();
    }

    /**
     * Ends a delivery.
     *
     * @param held since the delivery was received
     */
    public void settled(Duration held) {
        inUse.decrementAndGet();
        hold.record(held);
    }
}
