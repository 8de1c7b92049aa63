package dev.sluice.app;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.source.ConfigSource;
import dev.sluice.config.source.LoadedConfig;
import dev.sluice.job.DeliveryStepListener;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.monitoring.ProcessMetrics;
import dev.sluice.tracing.ProcessTracing;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pipeline as one verticle, for the launcher. Its deployment does not wait for the start of the pipeline: the launcher
 * waits at most two minutes, and a service may be unavailable for longer.
 */
public final class SluiceVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(SluiceVerticle.class);
    private static final long STOP_TIMEOUT_SECONDS = 9;
    private static final int TERMINATED = 143;

    private final LoadedConfig config;
    private final Optional<ConfigSource> source;
    private final ProcessMetrics metrics;
    private final ProcessTracing tracing;
    private final CancellationToken startup = new CancellationToken();
    private Future<@Nullable Sluice> whenStarted = Future.succeededFuture();

    /**
     * @param source of the configuration, which is watched; empty: it does not change
     * @param metrics in which the Vert.x of this verticle is measured
     * @param tracing of this process, closed when the pipeline has stopped
     */
    public SluiceVerticle(
            LoadedConfig config, Optional<ConfigSource> source, ProcessMetrics metrics, ProcessTracing tracing) {
        this.config = config;
        this.source = source;
        this.metrics = metrics;
        this.tracing = tracing;
    }

    @Override
    public synchronized Future<?> start() {
        // A SIGTERM may precede this call.
        if (!startup.isCancelled()) {
            whenStarted = Sluice.start(
                            vertx,
                            config,
                            new Sluice.StartOptions(
                                    metrics,
                                    tracing.tracer(),
                                    startup,
                                    DeliveryStepListener.NOOP,
                                    source,
                                    Future.succeededFuture(),
                                    SluiceVerticle::exit))
                    .recover(cause -> startup.isCancelled() ? Future.succeededFuture() : Future.failedFuture(cause));
        }
        return Future.succeededFuture();
    }

    /**
     * Completes when the pipeline has started and is connected to the broker, or was stopped before that; fails if it cannot
     * start, or if the broker permanently refuses it. To be called once.
     */
    public synchronized Future<Void> whenReady() {
        return whenStarted
                .compose(started -> started == null ? Future.succeededFuture() : started.whenReady())
                .onSuccess(ready -> {
                    if (!startup.isCancelled()) {
                        LOG.atInfo().log("ready");
                    }
                })
                .mapEmpty();
    }

    /** Applies the configuration file if it has changed; does nothing before the pipeline has started. Never fails. */
    public synchronized Future<Void> reload() {
        Sluice started = whenStarted.result();
        return started == null
                ? Future.succeededFuture()
                : started.reload().<Void>mapEmpty().otherwiseEmpty();
    }

    /** The hooks of the launcher stop the pipeline; they need a thread that may block. */
    private static void exit() {
        new Thread(() -> System.exit(0), "exit").start();
    }

    private synchronized Future<@Nullable Sluice> cancelStart() {
        startup.cancel(new JobException(ErrorCode.SHUTDOWN, "The pipeline was stopped before its start was complete."));
        return whenStarted;
    }

    /** Drains and stops the pipeline, also during its start; blocks, and halts the process after a timeout. */
    public void stopBlocking() {
        Future<@Nullable Sluice> started = cancelStart();
        try {
            drainBlocking(started.result());
            started.transform(ended -> ended.result() == null
                            ? Future.succeededFuture()
                            : ended.result().stop())
                    .await(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            tracing.close();
        } catch (TimeoutException timeout) {
            // Nothing is lost: the broker redelivers, leases expire, and FFmpeg is killed with this process.
            LOG.atWarn().addKeyValue("seconds", STOP_TIMEOUT_SECONDS).log("shutdown timed out; exiting");
            Runtime.getRuntime().halt(TERMINATED);
        }
    }

    /** The limit of the drain itself is in its Future; the additional time covers a broker that does not respond. */
    private static void drainBlocking(@Nullable Sluice started) throws TimeoutException {
        if (started != null) {
            started.drain().await(started.drainTime().toSeconds() + STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        }
    }
}
