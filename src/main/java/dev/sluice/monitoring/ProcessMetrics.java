package dev.sluice.monitoring;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The registry of all metrics of one process, with those of the JVM. Its text contains neither job IDs nor other values that
 * clients choose. Threads: any.
 */
public final class ProcessMetrics implements AutoCloseable {
    /** The method is no label: clients choose it freely, and each value would stay in memory. */
    private static final Set<Label> LABELS =
            Set.of(Label.POOL_TYPE, Label.POOL_NAME, Label.HTTP_ROUTE, Label.HTTP_CODE);

    private static final double NANOS_PER_SECOND = 1e9;

    private static final Set<String> DISABLED = Stream.of(
                    MetricsDomain.NET_SERVER,
                    MetricsDomain.NET_CLIENT,
                    MetricsDomain.DATAGRAM_SOCKET,
                    MetricsDomain.EVENT_BUS,
                    MetricsDomain.VERTICLES)
            .map(MetricsDomain::toCategory)
            .collect(Collectors.toUnmodifiableSet());

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

    /** Creates a registry with the metrics of the JVM. */
    public ProcessMetrics() {
        // Their names contradict the conventions of Prometheus.
        registry.config()
                .meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"))
                .meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
        FunctionCounter.builder("process.cpu", ManagementFactory.getOperatingSystemMXBean(), ProcessMetrics::cpuSeconds)
                .description("CPU time of the JVM; without FFmpeg.")
                .baseUnit("seconds")
                .register(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new JvmInfoMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        garbageCollection.bindTo(registry);
    }

    private static double cpuSeconds(OperatingSystemMXBean system) {
        return system instanceof com.sun.management.OperatingSystemMXBean process
                ? process.getProcessCpuTime() / NANOS_PER_SECOND
                : Double.NaN;
    }

    /**
     * Creates the builder of a Vert.x whose pools, HTTP servers and HTTP clients are measured.
     *
     * @param options are changed
     * @param builder creates the builder from the options
     */
    public VertxBuilder instrument(VertxOptions options, Function<VertxOptions, VertxBuilder> builder) {
        options.setMetricsOptions(new MicrometerMetricsOptions()
                // Vert.x keeps registries by name, for all instances of the JVM.
                .setRegistryName("sluice-" + UUID.randomUUID())
                .setLabels(LABELS)
                .setDisabledMetricsCategories(DISABLED)
                .setEnabled(true));
        return builder.apply(options).withMetrics(new MicrometerMetricsFactory(registry));
    }

    /** The registry, for classes that name their own meters. */
    public MeterRegistry registry() {
        return registry;
    }

    /** Returns all metrics in the text format of Prometheus; blocks. */
    String scrape() {
        return registry.scrape();
    }

    /** Stops listening to the garbage collector. */
    @Override
    public void close() {
        garbageCollection.close();
    }
}
