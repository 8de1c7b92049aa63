package dev.sluice.app;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.SluiceConfig;
import dev.sluice.job.DeliveryStepListener;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pipeline as one verticle, for the launcher. It is deployed at once, because the launcher waits two minutes for that
 * and a service that is down may take longer.
 */
public final class SluiceVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(SluiceVerticle.class);
    private static final long LONGEST_STOP_SECONDS = 9;
    private static final int TERMINATED = 143;

    private final SluiceConfig config;
    private final CancellationToken startup = new CancellationToken();
    private Future<@Nullable Sluice> whenStarted = Future.succeededFuture();

    public SluiceVerticle(SluiceConfig config) {
        this.config = config;
    }

    @Override
    public synchronized Future<?> start() {
        // The launcher may have been told to stop before it came to this.
        if (!startup.isCancelled()) {
            whenStarted = Sluice.start(vertx, config, startup, DeliveryStepListener.NOOP)
                    .recover(cause -> startup.isCancelled() ? Future.succeededFuture() : Future.failedFuture(cause));
        }
        return Future.succeededFuture();
    }

    /** Until all of the pipeline is up, or was told to stop before it was; fails when it cannot start. */
    public synchronized Future<Void> whenStarted() {
        return whenStarted.mapEmpty();
    }

    private synchronized Future<@Nullable Sluice> cancelStart() {
        startup.cancel(new JobException(ErrorCode.SHUTDOWN, "The pipeline was stopped before its start was complete."));
        return whenStarted;
    }

    /** Stops the pipeline, however far its start has come; blocks, and ends the process when that takes too long. */
    public void stopBlocking() {
        try {
            cancelStart()
                    .transform(ended -> ended.result() == null
                            ? Future.succeededFuture()
                            : ended.result().stop())
                    .await(LONGEST_STOP_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            // Nothing is lost by that: what is not given back is found by its lease, FFmpeg ends with us.
            LOG.atWarn()
                    .addKeyValue("seconds", LONGEST_STOP_SECONDS)
                    .log("the pipeline does not stop, ending without it");
            Runtime.getRuntime().halt(TERMINATED);
        }
    }
}
