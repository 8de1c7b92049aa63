package dev.sluice.monitoring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Measures how long a task waits on each event loop. */
final class EventLoopMetrics {
    private static final Duration[] BUCKETS = Stream.of(1, 5, 10, 50, 100, 500, 1000, 2000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final Timer lag;

    EventLoopMetrics(MeterRegistry registry) {
        this.lag = Timer.builder("sluice.event.loop.lag")
                .description("Time that a task waits on an event loop, sampled on each loop every second.")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    void sample(Vertx vertx) {
        for (EventExecutor loop : ((VertxInternal) vertx).nettyEventLoopGroup()) {
            long submitted = System.nanoTime();
            loop.execute(() -> lag.record(System.nanoTime() - submitted, TimeUnit.NANOSECONDS));
        }
    }
}
