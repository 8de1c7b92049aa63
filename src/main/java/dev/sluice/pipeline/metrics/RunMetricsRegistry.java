package dev.sluice.pipeline.metrics;

import dev.sluice.job.StageName;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers the metrics of each stage with JMX as {@code dev.sluice:type=Runs,stage=<stage>,worker="<worker>"}. A failed
 * registration is logged and has no other effect.
 */
public final class RunMetricsRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(RunMetricsRegistry.class);

    private final String worker;
    private final MeterRegistry registry;
    private final Map<StageName, RunMetrics> metrics;
    private final Map<String, DeliveryMetrics> deliveries = new ConcurrentHashMap<>();

    private RunMetricsRegistry(String worker, MeterRegistry registry) {
        this.worker = worker;
        this.registry = registry;
        this.metrics = Stream.of(StageName.values())
                .collect(Collectors.toUnmodifiableMap(Function.identity(), stage -> new RunMetrics(stage, registry)));
    }

    /** Registers the metrics of a worker until {@link #close}. */
    public static RunMetricsRegistry register(String worker, MeterRegistry registry) {
        RunMetricsRegistry registered = new RunMetricsRegistry(worker, registry);
        registered.metrics.forEach((stage, bean) -> logFailure(
                () -> ManagementFactory.getPlatformMBeanServer().registerMBean(bean, registered.objectName(stage))));
        return registered;
    }

    public String worker() {
        return worker;
    }

    public RunMetrics of(StageName stage) {
        return Objects.requireNonNull(metrics.get(stage));
    }

    /** Returns the metrics of the consumers with this name: a stage, or the requests. */
    public DeliveryMetrics deliveries(String name) {
        return deliveries.computeIfAbsent(name, added -> new DeliveryMetrics(added, registry));
    }

    /** Unregisters the metrics from JMX. */
    public void close() {
        metrics.keySet()
                .forEach(stage -> logFailure(
                        () -> ManagementFactory.getPlatformMBeanServer().unregisterMBean(objectName(stage))));
    }

    private ObjectName objectName(StageName stage) throws JMException {
        return new ObjectName("dev.sluice:type=Runs,stage=" + stage.key() + ",worker=" + ObjectName.quote(worker));
    }

    private static void logFailure(JmxOperation operation) {
        try {
            operation.run();
        } catch (JMException cause) {
            LOG.atWarn().addKeyValue("error", cause.toString()).log("JMX registration failed");
        }
    }

    private interface JmxOperation {
        void run() throws JMException;
    }
}
