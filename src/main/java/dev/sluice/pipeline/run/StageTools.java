package dev.sluice.pipeline.run;

import dev.sluice.config.DeliveryConfig;
import dev.sluice.job.Milestones;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.run.Runs;
import dev.sluice.pipeline.lease.Leases;
import dev.sluice.pipeline.maintenance.Leftovers;
import dev.sluice.pipeline.metrics.StageMonitor;
import dev.sluice.publisher.UpdateBus;
import dev.sluice.workspace.Workspace;

/**
 * What every stage verticle of a process shares.
 *
 * @param worker the name of this process in the tables and on the wire
 */
public record StageTools(
        Runs runs,
        Outbox outbox,
        Leases leases,
        Workspace workspace,
        Leftovers leftovers,
        UpdateBus updates,
        DeliveryConfig delivery,
        String worker,
        StageMonitor monitor,
        Milestones milestones) {}
