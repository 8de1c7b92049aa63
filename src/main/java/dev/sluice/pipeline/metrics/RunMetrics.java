package dev.sluice.pipeline.metrics;

import dev.sluice.job.JobException;
import dev.sluice.job.StageName;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Meters of the runs of one stage in this process. JMX reads the same counters. Threads: any. */
public final class RunMetrics implements RunMetricsMXBean {
    private static final String STAGE = "stage";
    private static final Duration[] RUN_BUCKETS = seconds(0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600);
    private static final Duration[] WAIT_BUCKETS = seconds(0.1, 1, 5, 15, 60, 300, 900, 3600, 14_400);
    private static final Duration[] FAILOVER_BUCKETS = seconds(1, 5, 10, 15, 30, 60, 300);

    private final MeterRegistry registry;
    private final String stage;
    private final AtomicInteger running = new AtomicInteger();
    private final Counter started;
    private final Map<Outcome, Counter> outcomes;
    private final Map<Skip, Counter> skipped;
    private final Timer duration;
    private final Timer queueWait;
    private final Timer failover;
    private final Counter leaseLosses;
    private final Counter fencedCommits;

    /** How a claimed run ended; see {@link RunMetricsMXBean}. */
    public enum Outcome {
        COMPLETED,
        RETRIED,
        DEFERRED,
        FAILED,
        REQUEUED,
        CANCELLED,
        FENCED
    }

    /** Why a delivery did not start a run; see {@link RunMetricsMXBean}. */
    public enum Skip {
        CONTENDED,
        DUPLICATE
    }

    RunMetrics(StageName name, MeterRegistry registry) {
        this.registry = registry;
        this.stage = name.key();
        this.started = counter("sluice.runs.started", "Claimed runs.").register(registry);
        this.outcomes = byTag(
                Outcome.values(),
                outcome -> counter("sluice.runs", "Runs by outcome.").tag("outcome", tag(outcome)));
        this.skipped = byTag(
                Skip.values(),
                reason -> counter("sluice.deliveries.skipped", "Deliveries that did not start a run.")
                        .tag("reason", tag(reason)));
        this.duration = timer("sluice.run.duration", "Time from claim to outcome.", RUN_BUCKETS);
        this.queueWait =
                timer("sluice.queue.wait", "Time from the message of a run being due to its claim.", WAIT_BUCKETS);
        this.failover = timer(
                "sluice.failover", "Time from the expiry of a lease to the claim by another worker.", FAILOVER_BUCKETS);
        this.leaseLosses = counter("sluice.lease.losses", "Runs cancelled because their lease was lost.")
                .register(registry);
        this.fencedCommits = counter("sluice.fenced.commits", "Results discarded because the run has another owner.")
                .register(registry);
        Gauge.builder("sluice.runs.running", running, AtomicInteger::get)
                .description("Runs in progress.")
                .tag(STAGE, stage)
                .register(registry);
    }

    private Counter.Builder counter(String name, String description) {
        return Counter.builder(name).description(description).tag(STAGE, stage);
    }

    private <E extends Enum<E>> Map<E, Counter> byTag(E[] values, Function<E, Counter.Builder> builder) {
        return Stream.of(values)
                .collect(Collectors.toUnmodifiableMap(
                        Function.identity(), value -> builder.apply(value).register(registry)));
    }

    private Timer timer(String name, String description, Duration... buckets) {
        return Timer.builder(name)
                .description(description)
                .tag(STAGE, stage)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    static Duration[] seconds(double... values) {
        return Arrays.stream(values)
                .mapToObj(value -> Duration.ofMillis(Math.round(value * 1000)))
                .toArray(Duration[]::new);
    }

    private static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Records the waiting times before a claim. */
    public void claimed(Duration waited, Duration sinceLeaseExpired) {
        queueWait.record(waited);
        if (!sinceLeaseExpired.isZero()) {
            failover.record(sinceLeaseExpired);
        }
    }

    public void skipped(Skip reason) {
        Objects.requireNonNull(skipped.get(reason)).increment();
    }

    void started() {
        running.incrementAndGet();
        started.increment();
    }

    void ended(Outcome outcome) {
        Objects.requireNonNull(outcomes.get(outcome)).increment();
    }

    void finished(Duration elapsed) {
        running.decrementAndGet();
        duration.record(elapsed);
    }

    void failure(JobException failure) {
        counter("sluice.run.failures", "Failed runs by error code and what follows.")
                .tag("code", failure.code().wire())
                .tag("action", tag(failure.action()))
                .register(registry)
                .increment();
    }

    void leaseLost() {
        leaseLosses.increment();
    }

    void commitFenced() {
        fencedCommits.increment();
    }

    private long count(Outcome outcome) {
        return (long) Objects.requireNonNull(outcomes.get(outcome)).count();
    }

    private long count(Skip reason) {
        return (long) Objects.requireNonNull(skipped.get(reason)).count();
    }

    @Override
    public long getRunning() {
        return running.get();
    }

    @Override
    public long getStarted() {
        return (long) started.count();
    }

    @Override
    public long getCompleted() {
        return count(Outcome.COMPLETED);
    }

    @Override
    public long getRetried() {
        return count(Outcome.RETRIED);
    }

    @Override
    public long getDeferred() {
        return count(Outcome.DEFERRED);
    }

    @Override
    public long getFailed() {
        return count(Outcome.FAILED);
    }

    @Override
    public long getRequeued() {
        return count(Outcome.REQUEUED);
    }

    @Override
    public long getCancelled() {
        return count(Outcome.CANCELLED);
    }

    @Override
    public long getFenced() {
        return count(Outcome.FENCED);
    }

    @Override
    public long getContended() {
        return count(Skip.CONTENDED);
    }

    @Override
    public long getDuplicates() {
        return count(Skip.DUPLICATE);
    }
}
