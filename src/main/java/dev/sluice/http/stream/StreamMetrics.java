package dev.sluice.http.stream;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** Meters of event streams. Threads: any. */
public final class StreamMetrics {
    private final AtomicInteger open = new AtomicInteger();

    public StreamMetrics(MeterRegistry registry) {
        Gauge.builder("sluice.sse.clients", open, AtomicInteger::get)
                .description("Open streams of server-sent events.")
                .register(registry);
    }

    void opened() {
        open.incrementAndGet();
    }

    void closed() {
        open.decrementAndGet();
    }
}
