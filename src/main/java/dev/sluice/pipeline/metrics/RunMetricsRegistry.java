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
 * What a monitor can read of this process over JMX: {@code dev.sluice:type=Runs,stage=<stage>,worker="<worker>"}, one for each
 * stage. A process that cannot show its figures works all the same.
 */
public final class RunMetricsRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(RunMetricsRegistry.class);

    private final String worker;
    private final Map<StageName, RunMetrics> counts = Stream.of(StageName.values())
            .collect(Collectors.toUnmodifiableMap(Function.identity(), stage -> new RunMetrics()));

    private RunMetricsRegistry(String worker) {
        this.worker = worker;
    }

    /** Shows the figures of the process with this name until {@link #close}. */
    public static RunMetricsRegistry register(String worker) {
        RunMetricsRegistry metricsRegistry = new RunMetricsRegistry(worker);
        metricsRegistry.counts.forEach((stage, figures) -> quietly(
                () -> ManagementFactory.getPlatformMBeanServer().registerMBean(figures, metricsRegistry.name(stage))));
        return metricsRegistry;
    }

    public RunMetrics of(StageName stage) {
        return Objects.requireNonNull(counts.get(stage));
    }

    /** Takes the figures away again. */
    public void close() {
        counts.keySet()
                .forEach(stage ->
                        quietly(() -> ManagementFactory.getPlatformMBeanServer().unregisterMBean(name(stage))));
    }

    private ObjectName name(StageName stage) throws JMException {
        return new ObjectName("dev.sluice:type=Runs,stage=" + stage.key() + ",worker=" + ObjectName.quote(worker));
    }

    private static void quietly(Registration registration) {
        try {
            registration.change();
        } catch (JMException cause) {
            LOG.atWarn().addKeyValue("error", cause.toString()).log("figures cannot be read over JMX");
        }
    }

    private interface Registration {
        void change() throws JMException;
    }
}
