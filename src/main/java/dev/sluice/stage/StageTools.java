package dev.sluice.stage;

import dev.sluice.blob.Workspace;
import dev.sluice.config.DeliveryConfig;
import dev.sluice.job.Milestones;
import dev.sluice.store.Outbox;
import dev.sluice.store.Runs;
import dev.sluice.update.UpdateBus;

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
