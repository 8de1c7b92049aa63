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

    private final JobCleanup leftovers;
    private final OrphanSweeper remnants;
    private final Duration every;
    private @Nullable PeriodicTask rounds;

    /**
     * A janitor that does nothing before it is deployed.
     *
     * @param every the pause between two rounds
     */
    public CleanupVerticle(JobCleanup leftovers, Duration every) {
        this.leftovers = leftovers;
        this.remnants = leftovers.remnants();
        this.every = every;
    }

    @Override
    public Future<?> start() {
        PeriodicTask started = new PeriodicTask(vertx, every, this::round);
        rounds = started;
        started.start();
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        return Objects.requireNonNull(rounds).stop();
    }

    private Future<Void> round() {
        return remnants.sweepWorkspace()
                .recover(CleanupVerticle::later)
                .compose(swept -> remnants.sweepStaging().recover(CleanupVerticle::later))
                .compose(swept -> leftovers.sweepHalfResults().recover(CleanupVerticle::later));
    }

    private static Future<Void> later(Throwable cause) {
        LOG.atWarn()
                .addKeyValue("errorCode", JobException.of(cause).code().wire())
                .addKeyValue("error", String.valueOf(cause.getMessage()))
                .log("could not look for what crashes left, will try again");
        return Future.succeededFuture();
    }
}
