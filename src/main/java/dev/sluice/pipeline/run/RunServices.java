package dev.sluice.pipeline.run;

import dev.sluice.config.DeliveryConfig;
import dev.sluice.job.DeliveryStepListener;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.run.RunRepository;
import dev.sluice.pipeline.lease.LeaseRenewer;
import dev.sluice.pipeline.maintenance.JobCleanup;
import dev.sluice.pipeline.metrics.RunMetricsRegistry;
import dev.sluice.publisher.PublisherClient;
import dev.sluice.workspace.Workspace;

/**
 * What every stage verticle of a process shares.
 *
 * @param worker the name of this process in the tables and on the wire
 */
public record RunServices(
        RunRepository runs,
        Outbox outbox,
        LeaseRenewer leases,
        Workspace workspace,
        JobCleanup jobCleanup,
        PublisherClient updates,
        DeliveryConfig delivery,
        String worker,
        RunMetricsRegistry metricsRegistry,
        DeliveryStepListener stepListener) {}
