package dev.sluice.pipeline.run;

import dev.sluice.common.tracing.Tracer;
import dev.sluice.config.DeliveryConfig;
import dev.sluice.job.DeliveryStepListener;
import dev.sluice.persistence.run.RunStore;
import dev.sluice.pipeline.health.StageHealthRegistry;
import dev.sluice.pipeline.lease.LeaseExpiryWaiter;
import dev.sluice.pipeline.lease.LeaseRenewer;
import dev.sluice.pipeline.maintenance.JobCleanup;
import dev.sluice.pipeline.metrics.RunMetricsRegistry;
import dev.sluice.publisher.PublisherClient;
import io.vertx.core.Vertx;

/**
 * What the stage verticles of a process share.
 *
 * @param tracer begins the spans of runs
 * @param steps test hook, called after each step of a delivery
 */
public record RunServices(
        RunStore runs,
        DatabaseRetry databaseRetry,
        LeaseRenewer leases,
        LeaseExpiryWaiter leaseExpiry,
        JobCleanup jobCleanup,
        PublisherClient publisher,
        DeliverySettlement deliverySettlement,
        DeliveryConfig delivery,
        Tracer tracer,
        RunMetricsRegistry metrics,
        StageHealthRegistry health,
        DeliveryStepListener steps) {

    public static RunServices create(
            Vertx vertx,
            RunStore runs,
            JobCleanup jobCleanup,
            DeliveryConfig delivery,
            Tracer tracer,
            RunMetricsRegistry metrics,
            StageHealthRegistry health,
            DeliveryStepListener steps) {
        PublisherClient publisher = new PublisherClient(vertx);
        return new RunServices(
                runs,
                new DatabaseRetry(vertx),
                new LeaseRenewer(vertx, runs.leases(), delivery),
                new LeaseExpiryWaiter(vertx, runs.leases()),
                jobCleanup,
                publisher,
                new DeliverySettlement(vertx, publisher, steps),
                delivery,
                tracer,
                metrics,
                health,
                steps);
    }

    /** The name of this process in tables and messages. */
    public String worker() {
        return metrics.worker();
    }

    /** These services with a changed configuration; the leases of this process stay in one place. */
    public RunServices with(DeliveryConfig changed, JobCleanup changedCleanup) {
        leases.reconfigure(changed);
        health.reconfigure(changed);
        return new RunServices(
                runs,
                databaseRetry,
                leases,
                leaseExpiry,
                changedCleanup,
                publisher,
                deliverySettlement,
                changed,
                tracer,
                metrics,
                health,
                steps);
    }

    /** Stops the lease renewal and removes the metrics. */
    public void close() {
        leases.close();
        health.close();
        metrics.close();
    }
}
