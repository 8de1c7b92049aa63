package dev.sluice.pipeline.run;

import dev.sluice.broker.Topology;
import dev.sluice.config.RetryConfig;
import dev.sluice.job.StageName;
import dev.sluice.stage.Stage;
import java.util.Optional;

/**
 * One row of the pipeline's table: where a stage takes its messages from, and where it sends them on.
 *
 * @param next the stage that goes on; empty after the last
 * @param retries how often and when what failed is tried again
 */
public record StageRoute(Stage stage, Optional<StageName> next, RetryConfig retries) {
    public StageName name() {
        return stage.name();
    }

    /** The queue from which the stage receives its messages. */
    public String queue() {
        return Topology.queueOf(name());
    }
}
