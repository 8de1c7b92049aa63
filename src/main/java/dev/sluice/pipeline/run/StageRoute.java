package dev.sluice.pipeline.run;

import dev.sluice.broker.Topology;
import dev.sluice.config.RetryConfig;
import dev.sluice.job.StageName;
import dev.sluice.stage.Stage;
import java.util.Optional;

/**
 * A row of the pipeline's table: a stage, its queue and what follows it.
 *
 * @param next the stage that continues the job; empty after the last
 */
public record StageRoute(Stage stage, Optional<StageName> next, RetryConfig retries) {
    public StageName name() {
        return stage.name();
    }

    /** The queue of the stage. */
    public String queue() {
        return Topology.queueOf(name());
    }
}
