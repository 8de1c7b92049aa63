package dev.sluice.app;

import dev.sluice.backend.upload.UploadMetrics;
import dev.sluice.backend.webhook.WebhookMetrics;
import dev.sluice.http.stream.StreamMetrics;
import io.micrometer.core.instrument.MeterRegistry;

/** Meters of the backend: created once, because its verticles can be deployed again. */
record BackendMetrics(UploadMetrics uploads, WebhookMetrics webhooks, StreamMetrics streams) {
    static BackendMetrics of(MeterRegistry registry) {
        return new BackendMetrics(
                new UploadMetrics(registry), new WebhookMetrics(registry), new StreamMetrics(registry));
    }
}
