package dev.sluice.pipeline.health;

import dev.sluice.common.async.CancellableDelay;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ExponentialBackoff;
import dev.sluice.job.JobException;
import dev.sluice.persistence.worker.WorkerRepository.Peers;
import dev.sluice.pipeline.metrics.DeliveryMetrics;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pauses a stage on this worker after retryable failures in a row, if another worker has completed a run of it since the first of
 * them: then the cause is this host. After a delay the stage consumes one delivery; its run resumes the stage or doubles the
 * delay. The worker of the latest completed run never pauses itself, therefore at least one worker continues. Threads: any.
 */
public final class StageHealth {
    private static final Logger LOG = LoggerFactory.getLogger(StageHealth.class);
    private static final Duration MAX_PROBE_DELAY = Duration.ofMinutes(30);
    /** Slows a failing worker down while the other workers have not shown whether they succeed. */
    private static final ExponentialBackoff HOLD =
            new ExponentialBackoff(Duration.ofSeconds(5), Duration.ofMinutes(1), 0.2);

    private final StageHealthRegistry registry;
    private final String verticle;
    private final DeliveryMetrics metrics;
    /** Read without the lock: a change applies the modes of all stages. */
    private volatile ConsumerMode mode = ConsumerMode.RUNNING;

    private int failures;
    private long firstFailureNanos;
    private @Nullable Long lastCompletionNanos;
    private @Nullable JobException lastFailure;
    private int failedProbes;
    private Instant nextProbe = Instant.EPOCH;
    private @Nullable Long probeTimer;
    private Future<Void> applying = Future.succeededFuture();

    StageHealth(StageHealthRegistry registry, String verticle, DeliveryMetrics metrics) {
        this.registry = registry;
        this.verticle = verticle;
        this.metrics = metrics;
    }

    ConsumerMode mode() {
        return mode;
    }

    /** A run was completed. */
    public synchronized void completed() {
        lastCompletionNanos = System.nanoTime();
        resume("a run was completed");
    }

    /** A run failed and may be retried. */
    public synchronized void failed(JobException failure) {
        if (failures == 0) {
            firstFailureNanos = System.nanoTime();
        }
        failures++;
        lastFailure = failure;
        if (mode == ConsumerMode.PROBING) {
            failedProbes++;
            pause();
        }
    }

    /**
     * Completes when the slot of a settled run may be used again: at once, after the pause of the stage, or after a delay if it is
     * open whether this worker is the cause of its failures. Never fails.
     */
    public Future<Void> whenSlotUsable(CancellationToken cancellation) {
        int streak = streak();
        int limit = registry.config().failurePause().failures();
        if (limit == 0 || streak < limit || mode() != ConsumerMode.RUNNING) {
            return applied();
        }
        return registry.peers(verticle)
                .compose(peers -> peers.isEmpty()
                        ? Future.succeededFuture()
                        : pausedIfOthersSucceed(peers.get())
                                ? applied()
                                : new CancellableDelay(registry.vertx(), cancellation)
                                        .await(HOLD.delay(1L + streak - limit)))
                .otherwiseEmpty();
    }

    /** Whether other workers run this stage; false if that is unknown. */
    public Future<Boolean> hasPeers() {
        return registry.peers(verticle).map(Optional::isPresent).otherwise(false);
    }

    /** Why the stage is paused, for operators; empty while it is not. */
    public synchronized Optional<String> problem() {
        JobException last = lastFailure;
        if (mode == ConsumerMode.RUNNING || last == null) {
            return Optional.empty();
        }
        return Optional.of(
                "paused on this worker after " + failures + " failed runs in a row while other workers succeed; last: "
                        + last.code().wire() + ": " + last.message()
                        + (mode == ConsumerMode.PAUSED ? " Next run at " + nextProbe + "." : " The next run decides."));
    }

    /** Time since a run was completed; empty if none was. */
    public synchronized Optional<Duration> sinceCompleted() {
        return Optional.ofNullable(lastCompletionNanos).map(nanos -> Duration.ofNanos(System.nanoTime() - nanos));
    }

    Future<Void> resumeWithoutPeers() {
        return mode() == ConsumerMode.RUNNING
                ? Future.succeededFuture()
                : registry.peers(verticle)
                        .onSuccess(peers -> {
                            if (peers.isEmpty()) {
                                resume("no other worker runs the stage");
                            }
                        })
                        .mapEmpty();
    }

    synchronized void reset() {
        resume("the stage is redeployed");
    }

    synchronized void close() {
        cancelProbe();
    }

    /** Completes when the consumers follow the current mode. */
    private synchronized Future<Void> applied() {
        return applying.otherwiseEmpty();
    }

    private synchronized int streak() {
        return failures;
    }

    private synchronized boolean pausedIfOthersSucceed(Peers peers) {
        Duration streak = Duration.ofNanos(System.nanoTime() - firstFailureNanos);
        boolean isCause = failures > 0
                && peers.sinceCompleted()
                        .filter(since -> since.compareTo(streak) < 0)
                        .isPresent();
        if (isCause && mode == ConsumerMode.RUNNING) {
            pause();
        }
        return isCause;
    }

    private void pause() {
        Duration min = registry.config().failurePause().probeAfter();
        Duration max = min.compareTo(MAX_PROBE_DELAY) > 0 ? min : MAX_PROBE_DELAY;
        Duration delay = new ExponentialBackoff(min, max, 0.2).delay(1L + failedProbes);
        mode = ConsumerMode.PAUSED;
        nextProbe = Instant.now().plus(delay).truncatedTo(ChronoUnit.SECONDS);
        metrics.setPausedByFailures(true);
        cancelProbe();
        probeTimer = registry.vertx().setTimer(Math.max(1, delay.toMillis()), due -> probe());
        JobException last = lastFailure;
        if (last != null) {
            LOG.atWarn()
                    .addKeyValue("stage", verticle)
                    .addKeyValue("failures", failures)
                    .addKeyValue("errorCode", last.code().wire())
                    .addKeyValue("error", last.message())
                    .addKeyValue("probeInMs", delay.toMillis())
                    .log("stage paused on this worker: its runs fail while other workers succeed");
        }
        applyMode();
    }

    private synchronized void probe() {
        if (mode == ConsumerMode.PAUSED) {
            mode = ConsumerMode.PROBING;
            LOG.atInfo().addKeyValue("stage", verticle).log("paused stage consumes one delivery to probe this worker");
            applyMode();
        }
    }

    private synchronized void resume(String reason) {
        failures = 0;
        failedProbes = 0;
        if (mode != ConsumerMode.RUNNING) {
            mode = ConsumerMode.RUNNING;
            metrics.setPausedByFailures(false);
            cancelProbe();
            LOG.atInfo()
                    .addKeyValue("stage", verticle)
                    .addKeyValue("reason", reason)
                    .log("stage resumed on this worker");
            applyMode();
        }
    }

    private void cancelProbe() {
        Long timer = probeTimer;
        if (timer != null) {
            registry.vertx().cancelTimer(timer);
            probeTimer = null;
        }
    }

    private void applyMode() {
        applying = registry.modeChanged();
    }
}
