package dev.sluice.stage;

import dev.sluice.job.JobId;
import dev.sluice.store.CancelNotices;
import dev.sluice.store.Runs;
import io.vertx.core.Future;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this host does about a job that was cancelled: it stops its work on the job, and when that has ended removes what the
 * job left. It hears of it from the database at once, or else from the next renewal of a lease; twice is harmless.
 */
public final class CancelledJobs {
    private static final Logger LOG = LoggerFactory.getLogger(CancelledJobs.class);

    private final Leases leases;
    private final Runs runs;
    private final Leftovers leftovers;

    public CancelledJobs(Leases leases, Runs runs, Leftovers leftovers) {
        this.leases = leases;
        this.runs = runs;
        this.leftovers = leftovers;
        leases.onCancelled(this::heard);
    }

    /** {@link CancelNotices} says so. */
    public void heard(JobId job) {
        leases.stop(job)
                .compose(ended -> runs.cancelledAmong(Set.of(job)))
                // It may run again by now.
                .compose(still -> still.contains(job) ? cleanUp(job) : Future.succeededFuture())
                .onFailure(cause -> LOG.atWarn()
                        .addKeyValue("jobId", job)
                        .addKeyValue("error", cause.getMessage())
                        .log("what a cancelled job left was not removed"));
    }

    /** Removes what a cancelled job left where this host can see it; its work on this host has ended. */
    private Future<Void> cleanUp(JobId job) {
        return leftovers
                .discard(job)
                .onSuccess(
                        gone -> LOG.atDebug().addKeyValue("jobId", job).log("what a cancelled job left was removed"));
    }

    /** Looks now for what was not heard: listening began anew. */
    public void mayHaveMissedSome() {
        leases.renew()
                .onFailure(cause -> LOG.atDebug()
                        .addKeyValue("error", cause.getMessage())
                        .log("leases not renewed after listening began anew"));
    }
}
