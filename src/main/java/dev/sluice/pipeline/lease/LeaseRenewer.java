package dev.sluice.pipeline.lease;

import dev.sluice.common.LruCache;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.DeliveryConfig;
import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.persistence.run.LeaseRepository;
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
 * Renews the leases of all runs of this process with one statement, and cancels runs whose lease is lost or whose job is
 * cancelled. While the database is unavailable no run is cancelled: no other worker can claim either. Threads: any.
 */
public final class LeaseRenewer {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseRenewer.class);
    /** More than the jobs that can be claimed at the same time. */
    private static final int MAX_RECENTLY_CANCELLED = 1_000;

    private final Vertx vertx;
    private final LeaseRepository repository;
    private volatile DeliveryConfig config;
    private final Map<Attempt, TrackedLease> tracked = new ConcurrentHashMap<>();
    private final Set<JobId> recentlyCancelled =
            Collections.synchronizedSet(Collections.newSetFromMap(new LruCache<>(MAX_RECENTLY_CANCELLED)));
    private final AtomicBoolean renewing = new AtomicBoolean();
    private long timer;
    private volatile Consumer<JobId> cancelledHandler = job -> {};

    /**
     * The lease of an attempt of this process.
     *
     * @param cancellation cancels the work; empty once it is cancelled or finished
     * @param released completed when the attempt is no longer tracked
     */
    private record TrackedLease(Optional<CancellationToken> cancellation, Promise<Void> released) {}

    public LeaseRenewer(Vertx vertx, LeaseRepository repository, DeliveryConfig config) {
        this.vertx = vertx;
        this.repository = repository;
        this.config = config;
        this.timer = startTimer();
    }

    private long startTimer() {
        return vertx.setPeriodic(config.leaseRenewInterval().toMillis(), due -> renew().onFailure(this::logFailure));
    }

    /** Uses the intervals of a changed configuration from now on. */
    public synchronized void reconfigure(DeliveryConfig changed) {
        vertx.cancelTimer(timer);
        config = changed;
        timer = startTimer();
    }

    /** Renews the lease of {@code attempt} from now on, and cancels its work if the lease is lost. */
    public void track(Attempt attempt, CancellationToken cancellation) {
        tracked.put(attempt, new TrackedLease(Optional.of(cancellation), Promise.promise()));
        if (recentlyCancelled.contains(attempt.run().job())) {
            // The job was cancelled either between the commit of this claim and now, or before a restart: ask the
            // database.
            renew(Set.of(attempt)).onFailure(this::logFailure);
        }
    }

    /**
     * Keeps renewing, but no longer cancels: the work is finished, and its commit is fenced. The lease of a run that is committed
     * during a renewal looks lost.
     */
    public void markSettling(Attempt attempt) {
        tracked.computeIfPresent(attempt, (same, lease) -> new TrackedLease(Optional.empty(), lease.released()));
    }

    public void untrack(Attempt attempt) {
        TrackedLease lease = tracked.remove(attempt);
        if (lease != null) {
            lease.released().tryComplete();
        }
    }

    /** Stops the renewal. */
    public synchronized void close() {
        vertx.cancelTimer(timer);
    }

    /** Sets the handler of jobs that a renewal found cancelled, after their work is cancelled. */
    void onCancelled(Consumer<JobId> handler) {
        cancelledHandler = handler;
    }

    /** Cancels all work of this process on a cancelled job; completes when no attempt of the job is tracked any more. */
    Future<Void> cancelJob(JobId job) {
        recentlyCancelled.add(job);
        JobException reason = jobCancelled();
        List<Map.Entry<Attempt, TrackedLease>> leases = tracked.entrySet().stream()
                .filter(entry -> entry.getKey().run().job().equals(job))
                .toList();
        leases.forEach(entry -> {
            markSettling(entry.getKey());
            entry.getValue().cancellation().ifPresent(cancellation -> cancellation.cancel(reason));
        });
        return Future.join(leases.stream()
                        .map(entry -> entry.getValue().released().future())
                        .toList())
                .mapEmpty();
    }

    /** Renews all leases, unless a renewal is in progress. */
    Future<Void> renew() {
        Set<Attempt> attempts = Set.copyOf(tracked.keySet());
        if (attempts.isEmpty() || !renewing.compareAndSet(false, true)) {
            return Future.succeededFuture();
        }
        // Ends before the next renewal, which uses another connection: leases outlive a statement that hangs.
        return renew(attempts)
                .timeout(config.leaseRenewInterval().toMillis() * 3 / 4, TimeUnit.MILLISECONDS)
                .onComplete(done -> renewing.set(false));
    }

    private Future<Void> renew(Set<Attempt> attempts) {
        return repository.renew(attempts, config.leaseDuration()).compose(renewed -> {
            Set<Attempt> lost = attempts.stream()
                    .filter(attempt -> !renewed.contains(attempt))
                    .collect(Collectors.toUnmodifiableSet());
            return lost.isEmpty() ? Future.succeededFuture() : onLeasesLost(lost);
        });
    }

    /** Determines first which jobs were cancelled: the artifacts of those are cleaned up by no other worker. */
    private Future<Void> onLeasesLost(Set<Attempt> lost) {
        Set<JobId> jobs = lost.stream().map(attempt -> attempt.run().job()).collect(Collectors.toUnmodifiableSet());
        return repository
                .findCancelled(jobs)
                .onSuccess(cancelled -> cancelRuns(lost, cancelled))
                .onFailure(unknown -> cancelRuns(lost, Set.of()))
                .mapEmpty();
    }

    private void cancelRuns(Set<Attempt> lost, Set<JobId> cancelledJobs) {
        lost.stream()
                .filter(attempt ->
                        cancelRun(attempt, cancelledJobs.contains(attempt.run().job())))
                .map(attempt -> attempt.run().job())
                .filter(cancelledJobs::contains)
                .distinct()
                .forEach(cancelledHandler);
    }

    /** Cancels the work of an attempt whose lease is lost; returns whether there was work to cancel. */
    private boolean cancelRun(Attempt attempt, boolean jobCancelled) {
        TrackedLease lease = tracked.get(attempt);
        if (lease == null || lease.cancellation().isEmpty()) {
            return false;
        }
        markSettling(attempt);
        if (!jobCancelled) {
            LOG.atWarn()
                    .addKeyValue("jobId", attempt.run().job())
                    .addKeyValue("stage", attempt.run().stage().key())
                    .addKeyValue("attempt", attempt.attemptNumber())
                    .log("lease lost; run cancelled");
        }
        lease.cancellation().get().cancel(jobCancelled ? jobCancelled() : leaseLost());
        return true;
    }

    private static JobException jobCancelled() {
        return new JobException(ErrorCode.CANCELLED, "The job was cancelled.");
    }

    private static JobException leaseLost() {
        return new JobException(ErrorCode.LEASE_LOST, "Lease lost: the run is owned by another worker.");
    }

    private void logFailure(Throwable failure) {
        LOG.atWarn()
                .addKeyValue("runs", tracked.size())
                .addKeyValue("error", failure.getMessage())
                .log("lease renewal failed; retrying");
    }
}
