package dev.sluice.pipeline.lease;

import dev.sluice.job.JobId;
import dev.sluice.persistence.control.CancellationListener;
import dev.sluice.pipeline.maintenance.JobCleanup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this host does about a job that was cancelled: it stops its work on the job, and when that has ended removes what the
 * job left. It hears of it from the database at once, or else from the next renewal of a lease; twice is harmless.
 */
public final class CancelledJobHandler {
    private static final Logger LOG = LoggerFactory.getLogger(CancelledJobHandler.class);

    private final LeaseRenewer leases;
    private final JobCleanup jobCleanup;

    public CancelledJobHandler(LeaseRenewer leases, JobCleanup jobCleanup) {
        this.leases = leases;
        this.jobCleanup = jobCleanup;
        leases.onCancelled(this::onCancelled);
    }

    /** {@link CancellationListener} says so. */
    public void onCancelled(JobId job) {
        leases.cancelJob(job)
                .compose(ended -> jobCleanup.cleanUpFailed(job))
                .onSuccess(gone ->
                        LOG.atDebug().addKeyValue("jobId", job).log("what a cancelled job left was looked for"));
    }

    /** Looks now for what was not heard: listening began anew. */
    public void onSubscribed() {
        leases.renew()
                .onFailure(cause -> LOG.atDebug()
                        .addKeyValue("error", cause.getMessage())
                        .log("leases not renewed after listening began anew"));
    }
}
