package dev.sluice.pipeline.maintenance;

import dev.sluice.common.async.PeriodicTask;
import dev.sluice.job.JobException;
import dev.sluice.pipeline.growing.GrowingStreamPublisher;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Periodically deletes the orphaned artifacts of crashed workers: workspace files, staged objects and partial outputs. Also
 * continues what crashed workers left of streams that grow, and deletes those that are no longer needed.
 */
public final class CleanupVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(CleanupVerticle.class);

    private final JobCleanup jobCleanup;
    private final OrphanSweeper orphanSweeper;
    private final GrowingStreamPublisher growingStreams;
    private final Duration interval;
    private @Nullable PeriodicTask task;

    /** @param interval pause between two passes */
    public CleanupVerticle(JobCleanup jobCleanup, GrowingStreamPublisher growingStreams, Duration interval) {
        this.jobCleanup = jobCleanup;
        this.orphanSweeper = jobCleanup.orphanSweeper();
        this.growingStreams = growingStreams;
        this.interval = interval;
    }

    @Override
    public Future<?> start() {
        PeriodicTask started = new PeriodicTask(vertx, interval, this::cleanUp);
        task = started;
        started.start();
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        return Objects.requireNonNull(task).stop();
    }

    private Future<Void> cleanUp() {
        return orphanSweeper
                .cleanUpWorkspace()
                .recover(CleanupVerticle::logFailure)
                .compose(done -> orphanSweeper.cleanUpStaging().recover(CleanupVerticle::logFailure))
                .compose(done -> jobCleanup.removePartialOutputs().recover(CleanupVerticle::logFailure))
                .compose(done -> jobCleanup.cleanUpGrowingStreams().recover(CleanupVerticle::logFailure))
                .compose(done -> growingStreams.growAll());
    }

    private static Future<Void> logFailure(Throwable cause) {
        LOG.atWarn()
                .addKeyValue("errorCode", JobException.of(cause).code().wire())
                .addKeyValue("error", String.valueOf(cause.getMessage()))
                .log("cleanup pass failed; retrying");
        return Future.succeededFuture();
    }
}
