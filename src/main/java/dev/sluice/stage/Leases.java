package dev.sluice.stage;

import dev.sluice.config.DeliveryConfig;
import dev.sluice.job.Attempt;
import dev.sluice.job.Cancellation;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import dev.sluice.store.Runs;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the leases of all work of this process alive, with one statement for all of them, and stops work whose lease went
 * to somebody else. A database that cannot be reached stops nothing: nobody else can claim then either.
 */
public final class Leases {
    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    private final Vertx vertx;
    private final Runs runs;
    private final DeliveryConfig config;
    private final Map<Attempt, Optional<Cancellation>> held = new ConcurrentHashMap<>();
    private final AtomicBoolean renewing = new AtomicBoolean();
    private final long timer;

    public Leases(Vertx vertx, Runs runs, DeliveryConfig config) {
        this.vertx = vertx;
        this.runs = runs;
        this.config = config;
        this.timer = vertx.setPeriodic(config.renewEvery().toMillis(), tick -> renew().onFailure(this::logFailure));
    }

    /** Renews the lease of {@code attempt} from now on; cancels the work if the lease is lost. */
    void hold(Attempt attempt, Cancellation work) {
        held.put(attempt, Optional.of(work));
    }

    /**
     * Still renews, but has nobody to stop any more: the work has ended, and the fence of its commit says whose the run is.
     * A run that is committed while it is being renewed looks like one whose lease is lost.
     */
    void settling(Attempt attempt) {
        held.replace(attempt, Optional.empty());
    }

    void letGo(Attempt attempt) {
        held.remove(attempt);
    }

    /** Stops renewing. */
    public void close() {
        vertx.cancelTimer(timer);
    }

    /** Renews all leases unless that is under way already. */
    Future<Void> renew() {
        Set<Attempt> asked = Set.copyOf(held.keySet());
        if (asked.isEmpty() || !renewing.compareAndSet(false, true)) {
            return Future.succeededFuture();
        }
        return runs.renew(asked, config.lease())
                .onComplete(answered -> renewing.set(false))
                .onSuccess(kept -> asked.stream()
                        .filter(attempt -> !kept.contains(attempt))
                        .forEach(this::lose))
                .mapEmpty();
    }

    private void logFailure(Throwable failure) {
        LOG.atWarn()
                .addKeyValue("runs", held.size())
                .addKeyValue("error", failure.getMessage())
                .log("leases not renewed, will try again");
    }

    private void lose(Attempt attempt) {
        Optional<Cancellation> work = held.remove(attempt);
        if (work != null && work.isPresent()) {
            LOG.atWarn()
                    .addKeyValue("jobId", attempt.run().job())
                    .addKeyValue("stage", attempt.run().stage().key())
                    .addKeyValue("attempt", attempt.number())
                    .log("lease lost, work stopped");
            work.get().cancel(new JobFailure(ErrorCode.LEASE_LOST, "The lease of this run went to another worker."));
        }
    }
}
