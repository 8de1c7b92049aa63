package dev.sluice.pipeline.metrics;

import dev.sluice.job.StageName;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Objects;
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
    private final Map<StageName, RunMetrics> metrics = Stream.of(StageName.values())
            .collect(Collectors.toUnmodifiableMap(Function.identity(), stage -> new RunMetrics()));

    private RunMetricsRegistry(String worker) {
        this.worker = worker;
    }

    /** Registers the metrics of a worker until {@link #close}. */
    public static RunMetricsRegistry register(String worker) {
        RunMetricsRegistry registry = new RunMetricsRegistry(worker);
        registry.metrics.forEach((stage, bean) -> logFailure(
                () -> ManagementFactory.getPlatformMBeanServer().registerMBean(bean, registry.objectName(stage))));
        return registry;
    }

    public RunMetrics of(StageName stage) {
        return Objects.requireNonNull(metrics.get(stage));
    }

    /** Unregisters the metrics. */
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
