package dev.sluice.stage;

import dev.sluice.blob.Staging;
import dev.sluice.blob.Workspace;
import dev.sluice.job.JobId;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a job that has ended leaves lying about, on this disk and in the staging prefix. */
public record Leftovers(Workspace workspace, Staging staging) {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    /** Removes it; what can't be removed is logged, and the janitor comes by later. */
    Future<Void> discard(JobId job) {
        return Future.join(
                        workspace.discard(job),
                        staging.discard(job)
                                .onFailure(cause -> LOG.atWarn()
                                        .addKeyValue("jobId", job)
                                        .addKeyValue("error", cause.getMessage())
                                        .log("staged objects not removed, the janitor will")))
                .transform(tried -> Future.succeededFuture());
    }
}
