package dev.sluice.backend.webhook;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Meters of webhook deliveries. Threads: any. */
public final class WebhookMetrics {
    private final Counter delivered;
    private final Counter retried;
    private final Counter abandoned;

    public WebhookMetrics(MeterRegistry registry) {
        this.delivered = counter(registry, "delivered");
        this.retried = counter(registry, "retried");
        this.abandoned = counter(registry, "abandoned");
    }

    private static Counter counter(MeterRegistry registry, String outcome) {
        return Counter.builder("sluice.webhook.attempts")
                .description("Attempts to deliver a webhook by outcome.")
                .tag("outcome", outcome)
                .register(registry);
    }

    void delivered() {
        delivered.increment();
    }

    void retried() {
        retried.increment();
    }

    void abandoned() {
        abandoned.increment();
    }
}
