package dev.sluice.pipeline.maintenance;

import dev.sluice.common.async.Periodic;
import dev.sluice.job.JobFailure;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Comes by now and then and removes what crashes left, in the workspace and in the staging prefix of the store. */
public final class JanitorVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(JanitorVerticle.class);

    private final Leftovers leftovers;
    private final Remnants remnants;
    private final Duration every;
    private @Nullable Periodic rounds;

    /**
     * A janitor that does nothing before it is deployed.
     *
     * @param every the pause between two rounds
     */
    public JanitorVerticle(Leftovers leftovers, Duration every) {
        this.leftovers = leftovers;
        this.remnants = leftovers.remnants();
        this.every = every;
    }

    @Override
    public Future<?> start() {
        Periodic started = new Periodic(vertx, every, this::round);
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
                .recover(JanitorVerticle::later)
                .compose(swept -> remnants.sweepStaging().recover(JanitorVerticle::later))
                .compose(swept -> leftovers.sweepHalfResults().recover(JanitorVerticle::later));
    }

    private static Future<Void> later(Throwable cause) {
        LOG.atWarn()
                .addKeyValue("errorCode", JobFailure.of(cause).code().wire())
                .addKeyValue("error", String.valueOf(cause.getMessage()))
                .log("could not look for what crashes left, will try again");
        return Future.succeededFuture();
    }
}
