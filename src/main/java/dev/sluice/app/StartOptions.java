package dev.sluice.app;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.source.ConfigSource;
import dev.sluice.job.DeliveryStepListener;
import java.util.Optional;

/**
 * How a pipeline is embedded in its process.
 *
 * @param startup cancelled if the process ends before the start is complete
 * @param stepListener listens to the steps of deliveries, for tests
 * @param source of the configuration, which is watched; empty: it does not change
 * @param exit ends the process in an orderly way; returns at once
 */
record StartOptions(
        CancellationToken startup, DeliveryStepListener stepListener, Optional<ConfigSource> source, Runnable exit) {
    /** A pipeline with a fixed configuration, in a process that a command cannot end. */
    static StartOptions of(DeliveryStepListener stepListener) {
        return new StartOptions(new CancellationToken(), stepListener, Optional.empty(), () -> {});
    }
}
