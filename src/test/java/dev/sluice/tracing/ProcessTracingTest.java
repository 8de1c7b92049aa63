package dev.sluice.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.tracing.Tracer;
import dev.sluice.config.value.InvalidConfigException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessTracingTest {
    private static final String ENDPOINT = "http://127.0.0.1:4318";

    @Test
    void isOffUnlessTheEnvironmentNamesAnExporterOrAnEndpoint() {
        assertThat(ProcessTracing.isEnabled(Map.of())).isFalse();
        assertThat(ProcessTracing.isEnabled(Map.of("OTEL_SERVICE_NAME", "sluice")))
                .isFalse();
        assertThat(ProcessTracing.isEnabled(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "")))
                .isFalse();
        assertThat(ProcessTracing.isEnabled(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", ENDPOINT)))
                .isTrue();
        assertThat(ProcessTracing.isEnabled(Map.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", ENDPOINT)))
                .isTrue();
        assertThat(ProcessTracing.isEnabled(Map.of("OTEL_TRACES_EXPORTER", "otlp")))
                .isTrue();
        assertThat(ProcessTracing.of(Map.of(), "test").tracer()).isSameAs(Tracer.NONE);
    }

    @ParameterizedTest
    @CsvSource({"OTEL_TRACES_EXPORTER, none", "OTEL_SDK_DISABLED, true"})
    void isOffIfTheEnvironmentSaysSo(String variable, String value) {
        assertThat(ProcessTracing.isEnabled(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", ENDPOINT, variable, value)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "OTEL_EXPORTER_OTLP_PROTOCOL, grpc",
        "OTEL_TRACES_EXPORTER, zipkin",
        "OTEL_TRACES_SAMPLER, sometimes",
        "OTEL_BSP_MAX_QUEUE_SIZE, many"
    })
    void rejectsWhatOpenTelemetryRejects(String variable, String value) {
        assertThatThrownBy(() ->
                        ProcessTracing.of(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", ENDPOINT, variable, value), "test"))
                .isInstanceOfSatisfying(
                        InvalidConfigException.class,
                        invalid -> assertThat(invalid.errors())
                                .singleElement()
                                .asString()
                                .startsWith("OpenTelemetry: ")
                                .isNotEqualTo("OpenTelemetry: null"));
    }
}
