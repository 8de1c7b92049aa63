package dev.sluice.backend.upload;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** Meters of uploads. Threads: any. */
public final class UploadMetrics {
    private final Map<Kind, Counter> completed = new EnumMap<>(Kind.class);
    private final Map<Kind, Counter> failed = new EnumMap<>(Kind.class);
    private final AtomicInteger active = new AtomicInteger();

    /** How the data of an upload is received. */
    enum Kind {
        FORM,
        RESUMABLE,
        DIRECT
    }

    public UploadMetrics(MeterRegistry registry) {
        for (Kind kind : Kind.values()) {
            completed.put(kind, counter(registry, kind, "completed"));
            failed.put(kind, counter(registry, kind, "failed"));
        }
        Gauge.builder("sluice.uploads.active", active, AtomicInteger::get)
                .description("Requests of this process that receive data of an upload.")
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, Kind kind, String outcome) {
        return Counter.builder("sluice.uploads")
                .description("Ends of uploads by kind and outcome; a failed end of a resumable upload can be repeated.")
                .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                .tag("outcome", outcome)
                .register(registry);
    }

    <T> Future<T> count(Kind kind, Future<T> upload) {
        return upload.onSuccess(done -> increment(completed, kind)).onFailure(cause -> increment(failed, kind));
    }

    private static void increment(Map<Kind, Counter> counters, Kind kind) {
        Objects.requireNonNull(counters.get(kind)).increment();
    }

    void started() {
        active.incrementAndGet();
    }

    void ended() {
        active.decrementAndGet();
    }
}
