package dev.sluice.tracing;

import dev.sluice.common.tracing.Tracer;
import dev.sluice.config.value.InvalidConfigException;
import io.vertx.core.VertxBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The traces of one process. Off unless the standard variables of OpenTelemetry name an exporter or an endpoint of traces; no
 * class of its SDK is loaded then. Threads: any.
 */
public final class ProcessTracing {
    private static final String DISABLED = "OTEL_SDK_DISABLED";
    private static final String EXPORTER = "OTEL_TRACES_EXPORTER";
    private static final List<String> ENDPOINTS =
            List.of("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    private static final String NO_EXPORTER = "none";

    private final Optional<OpenTelemetryTracer> tracer;

    private ProcessTracing(Optional<OpenTelemetryTracer> tracer) {
        this.tracer = tracer;
    }

    /** Traces nothing. */
    public static ProcessTracing off() {
        return new ProcessTracing(Optional.empty());
    }

    /**
     * Traces as these variables say.
     *
     * @param version of Sluice, an attribute of the process
     * @throws InvalidConfigException if OpenTelemetry rejects a variable
     */
    public static ProcessTracing of(Map<String, String> environment, String version) {
        return isEnabled(environment)
                ? new ProcessTracing(Optional.of(OpenTelemetryTracer.open(environment, version)))
                : off();
    }

    static boolean isEnabled(Map<String, String> environment) {
        String exporter = environment.getOrDefault(EXPORTER, "").strip();
        boolean requested = !exporter.isEmpty()
                || ENDPOINTS.stream()
                        .anyMatch(name -> !environment.getOrDefault(name, "").isBlank());
        return requested
                && !exporter.equals(NO_EXPORTER)
                && !Boolean.parseBoolean(environment.getOrDefault(DISABLED, "").strip());
    }

    /** Begins spans. */
    public Tracer tracer() {
        return tracer.<Tracer>map(open -> open).orElse(Tracer.NONE);
    }

    /** Continues the traces of clients of the HTTP servers of this Vert.x. */
    public VertxBuilder instrument(VertxBuilder builder) {
        return tracer.map(open -> open.instrument(builder)).orElse(builder);
    }

    /** Exports the last spans; blocks for at most two seconds. */
    public void close() {
        tracer.ifPresent(OpenTelemetryTracer::close);
    }
}
