package dev.sluice.pipeline.maintenance;

import dev.sluice.common.async.PeriodicTask;
import dev.sluice.job.JobException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Comes by now and then and removes what crashes left, in the workspace and in the staging prefix of the store. */
public final class CleanupVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(CleanupVerticle.class);

    private final JobCleanup jobCleanup;
    private final OrphanSweeper orphanSweeper;
    private final Duration every;
    private @Nullable PeriodicTask task;

    /**
     * A janitor that does nothing before it is deployed.
     *
     * @param every the pause between two rounds
     */
    public CleanupVerticle(JobCleanup jobCleanup, Duration every) {
        this.jobCleanup = jobCleanup;
        this.orphanSweeper = jobCleanup.orphanSweeper();
        this.every = every;
    }

    @Override
    public Future<?> start() {
        PeriodicTask started = new PeriodicTask(vertx, every, this::cleanUp);
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
                .recover(CleanupVerticle::later)
                .compose(swept -> orphanSweeper.cleanUpStaging().recover(CleanupVerticle::later))
                .compose(swept -> jobCleanup.removePartialOutputs().recover(CleanupVerticle::later));
    }

    private static Future<Void> later(Throwable cause) {
        LOG.atWarn()
                .addKeyValue("errorCode", JobException.of(cause).code().wire())
                .addKeyValue("error", String.valueOf(cause.getMessage()))
                .log("could not look for what crashes left, will try again");
        return Future.succeededFuture();
    }
}
