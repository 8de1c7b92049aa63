package dev.sluice.pipeline.lease;

import dev.sluice.common.LruCache;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.DeliveryConfig;
import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.persistence.run.RunRepository;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the leases of all work of this process alive, with one statement for all of them, and stops work whose lease went
 * to somebody else or whose job was cancelled. A database that cannot be reached stops nothing: nobody else can claim then
 * either.
 */
public final class LeaseRenewer {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseRenewer.class);
    private static final int MAX_CANCELLED = 1_000;

    private final Vertx vertx;
    private final RunRepository runs;
    private final DeliveryConfig config;
    private final Map<Attempt, TrackedLease> held = new ConcurrentHashMap<>();
    /** Recently cancelled jobs: more than are claimed at the same time. */
    private final Set<JobId> stopped =
            Collections.synchronizedSet(Collections.newSetFromMap(new LruCache<>(MAX_CANCELLED)));

    private final AtomicBoolean renewing = new AtomicBoolean();
    private final long timer;
    private volatile Consumer<JobId> cancelled = job -> {};

    /**
     * An attempt that this process is at.
     *
     * @param work what can still be stopped; empty once it is stopped or has ended
     * @param gone completed when nothing is done for it any more
     */
    private record TrackedLease(Optional<CancellationToken> work, Promise<Void> gone) {
        TrackedLease withNothingToStop() {
            return new TrackedLease(Optional.empty(), gone);
        }
    }

    public LeaseRenewer(Vertx vertx, RunRepository runs, DeliveryConfig config) {
        this.vertx = vertx;
        this.runs = runs;
        this.config = config;
        this.timer =
                vertx.setPeriodic(config.leaseRenewInterval().toMillis(), tick -> renew().onFailure(this::logFailure));
    }

    /** Has {@code handler} told of jobs whose work was stopped because a renewal found them cancelled. */
    void onCancelled(Consumer<JobId> handler) {
        cancelled = handler;
    }

    /** Renews the lease of {@code attempt} from now on; cancels the work if the lease is lost. */
    public void track(Attempt attempt, CancellationToken work) {
        held.put(attempt, new TrackedLease(Optional.of(work), Promise.promise()));
        if (stopped.contains(attempt.run().job())) {
            // The word of a cancellation may have come between the commit of this claim and now; or long before, and
            // somebody had the job tried again. The database knows.
            renew(Set.of(attempt)).onFailure(this::logFailure);
        }
    }

    /**
     * Still renews, but has nobody to stop any more: the work has ended, and the fence of its commit says whose the run is.
     * A run that is committed while it is being renewed looks like one whose lease is lost.
     */
    public void markSettling(Attempt attempt) {
        held.computeIfPresent(attempt, (same, now) -> now.withNothingToStop());
    }

    public void untrack(Attempt attempt) {
        TrackedLease ended = held.remove(attempt);
        if (ended != null) {
            ended.gone().tryComplete();
        }
    }

    /** Stops all work on a job that was cancelled; completes when nothing is done for it on this host any more. */
    Future<Void> cancelJob(JobId job) {
        stopped.add(job);
        JobException why = jobCancelled();
        List<Map.Entry<Attempt, TrackedLease>> concerned = held.entrySet().stream()
                .filter(entry -> entry.getKey().run().job().equals(job))
                .toList();
        concerned.forEach(entry -> {
            markSettling(entry.getKey());
            entry.getValue().work().ifPresent(work -> work.cancel(why));
        });
        return Future.join(concerned.stream()
                        .map(entry -> entry.getValue().gone().future())
                        .toList())
                .mapEmpty();
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
        // Ended before the next is due, which tries again on another connection: a lease outlives a call that hangs.
        return renew(asked)
                .timeout(config.leaseRenewInterval().toMillis() * 3 / 4, TimeUnit.MILLISECONDS)
                .onComplete(answered -> renewing.set(false));
    }

    private Future<Void> renew(Set<Attempt> asked) {
        return runs.renew(asked, config.leaseDuration()).compose(kept -> {
            Set<Attempt> lost =
                    asked.stream().filter(attempt -> !kept.contains(attempt)).collect(Collectors.toUnmodifiableSet());
            return lost.isEmpty() ? Future.succeededFuture() : onLeaseLost(lost);
        });
    }

    /** Why they are lost makes a difference: what a cancelled job left has to go, and nobody else will come for it. */
    private Future<Void> onLeaseLost(Set<Attempt> lost) {
        Set<JobId> jobs = lost.stream().map(attempt -> attempt.run().job()).collect(Collectors.toUnmodifiableSet());
        return runs.findCancelled(jobs)
                .onSuccess(found -> onLeaseLost(lost, found))
                // Lost they are in any case.
                .onFailure(unknown -> onLeaseLost(lost, Set.of()))
                .mapEmpty();
    }

    private void onLeaseLost(Set<Attempt> lost, Set<JobId> byHand) {
        lost.stream()
                .filter(attempt ->
                        onLeaseLost(attempt, byHand.contains(attempt.run().job())))
                .map(attempt -> attempt.run().job())
                .filter(byHand::contains)
                .distinct()
                .forEach(cancelled);
    }

    private void logFailure(Throwable failure) {
        LOG.atWarn()
                .addKeyValue("runs", held.size())
                .addKeyValue("error", failure.getMessage())
                .log("leases not renewed, will try again");
    }

    /** Stops the work of an attempt whose lease is gone; whether there was work to stop. */
    private boolean onLeaseLost(Attempt attempt, boolean cancelled) {
        TrackedLease lost = held.get(attempt);
        if (lost == null || lost.work().isEmpty()) {
            return false;
        }
        markSettling(attempt);
        if (!cancelled) {
            LOG.atWarn()
                    .addKeyValue("jobId", attempt.run().job())
                    .addKeyValue("stage", attempt.run().stage().key())
                    .addKeyValue("attempt", attempt.attemptNumber())
                    .log("lease lost, work stopped");
        }
        lost.work().get().cancel(cancelled ? jobCancelled() : leaseLost());
        return true;
    }

    private static JobException jobCancelled() {
        return new JobException(ErrorCode.CANCELLED, "The job was cancelled.");
    }

    private static JobException leaseLost() {
        return new JobException(ErrorCode.LEASE_LOST, "The run of this lease is no longer this worker's.");
    }
}
