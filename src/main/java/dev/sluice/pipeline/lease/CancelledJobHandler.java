package dev.sluice.pipeline.lease;

import dev.sluice.job.JobId;
import dev.sluice.pipeline.maintenance.JobCleanup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancels the work of this process on a cancelled job, and then cleans up the job. Triggered by a notification of the database
 * or by the next lease renewal; a second call for a job is harmless.
 */
public final class CancelledJobHandler {
    private static final Logger LOG = LoggerFactory.getLogger(CancelledJobHandler.class);

    private final LeaseRenewer leases;
    private volatile JobCleanup jobCleanup;

    public CancelledJobHandler(LeaseRenewer leases, JobCleanup jobCleanup) {
        this.leases = leases;
        this.jobCleanup = jobCleanup;
        leases.onCancelled(this::onCancelled);
    }

    /** Replaces the cleanup after a change of the configuration. */
    public void setJobCleanup(JobCleanup changed) {
        jobCleanup = changed;
    }

    /** Handles the payload of a notification, which is untrusted. */
    public void onNotification(String payload) {
        JobId job;
        try {
            job = new JobId(payload);
        } catch (IllegalArgumentException notAnId) {
            LOG.atDebug().addKeyValue("length", payload.length()).log("malformed cancellation notification");
            return;
        }
        onCancelled(job);
    }

    private void onCancelled(JobId job) {
        leases.cancelJob(job)
                .compose(released -> jobCleanup.cleanUpFailed(job))
                .onSuccess(cleaned -> LOG.atDebug().addKeyValue("jobId", job).log("cancelled job cleaned up"));
    }

    /** Renews the leases now: notifications before the (re)subscription may be lost. */
    public void onSubscribed() {
        leases.renew()
                .onFailure(cause -> LOG.atDebug()
                        .addKeyValue("error", cause.getMessage())
                        .log("lease renewal after resubscription failed"));
    }
}
