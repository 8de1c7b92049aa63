package dev.sluice.tracing;

import dev.sluice.common.tracing.Span;
import dev.sluice.common.tracing.TraceParent;
import dev.sluice.common.tracing.Tracer;
import dev.sluice.config.value.InvalidConfigException;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.vertx.core.VertxBuilder;
import io.vertx.core.tracing.TracingOptions;
import io.vertx.tracing.opentelemetry.OpenTelemetryTracingFactory;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Exports spans with the SDK of OpenTelemetry, over OTLP and HTTP by default. */
final class OpenTelemetryTracer implements Tracer {
    private static final String PREFIX = "otel.";
    private static final int CLOSE_SECONDS = 2;
    /** Metrics and logs have exporters of their own; gRPC would need another HTTP client. */
    private static final Map<String, String> DEFAULTS = Map.of(
            "otel.service.name", "sluice",
            "otel.exporter.otlp.protocol", "http/protobuf",
            "otel.propagators", "tracecontext");

    private static final Map<String, String> FIXED =
            Map.of("otel.metrics.exporter", "none", "otel.logs.exporter", "none");

    private final OpenTelemetrySdk sdk;
    private final io.opentelemetry.api.trace.Tracer tracer;

    private OpenTelemetryTracer(OpenTelemetrySdk sdk, String version) {
        this.sdk = sdk;
        this.tracer = sdk.getTracerProvider().get("dev.sluice", version);
    }

    static OpenTelemetryTracer open(Map<String, String> environment, String version) {
        ExporterLog.install();
        try {
            return new OpenTelemetryTracer(
                    AutoConfiguredOpenTelemetrySdk.builder()
                            // The process closes it, after the last span.
                            .disableShutdownHook()
                            .addPropertiesSupplier(() -> DEFAULTS)
                            .addPropertiesCustomizer(known -> properties(environment))
                            .addResourceCustomizer((resource, config) -> resource.toBuilder()
                                    .put("service.version", version)
                                    .build())
                            .build()
                            .getOpenTelemetrySdk(),
                    version);
        } catch (ConfigurationException | IllegalArgumentException | IllegalStateException invalid) {
            throw new InvalidConfigException(List.of("OpenTelemetry: " + invalid.getMessage()));
        }
    }

    private static Map<String, String> properties(Map<String, String> environment) {
        Map<String, String> properties = new HashMap<>();
        environment.forEach((name, value) -> {
            String property = name.toLowerCase(Locale.ROOT).replace('_', '.');
            if (property.startsWith(PREFIX)) {
                properties.put(property, value);
            }
        });
        properties.putAll(FIXED);
        return properties;
    }

    @Override
    public Span start(String name, Span.Kind kind, Optional<TraceParent> parent, Instant started) {
        Context context = parent.map(W3cContext::of).orElseGet(Context::root);
        return OpenTelemetrySpan.start(tracer, name, kind, context, Optional.of(started));
    }

    @Override
    public Optional<TraceParent> current() {
        SpanContext current = io.opentelemetry.api.trace.Span.current().getSpanContext();
        return current.isValid() ? Optional.of(W3cContext.toTraceParent(current)) : Optional.empty();
    }

    VertxBuilder instrument(VertxBuilder builder) {
        return builder.withTracer(
                options -> new RequestTracer<>(new OpenTelemetryTracingFactory(sdk).tracer(new TracingOptions())));
    }

    void close() {
        sdk.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
