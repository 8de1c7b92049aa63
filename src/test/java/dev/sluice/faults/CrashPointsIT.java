package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.broker.RabbitNode;
import dev.sluice.job.DeliveryStep;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The plug is pulled between every two steps of each stage in turn, and another worker goes on. */
@Tag("long")
@Timeout(1200)
class CrashPointsIT {
    private static final int STAGES = 3;
    private static final Duration LONGEST = Duration.ofSeconds(60);

    @Test
    void losesAndRepeatsNothingWhereverAWorkerEnds() throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        FaultRunConfig config = FaultRunConfig.of(1)
                .with(new JsonObject()
                        .put("delivery", new JsonObject().put("leaseSeconds", 4).put("leaseRenewSeconds", 1)));

        try (FaultScenario scenario = FaultScenario.set("crash-points", config)) {
            WorkerProcess worker = scenario.worker(0);
            for (DeliveryStep step : DeliveryStep.values()) {
                for (int time = 1; time <= STAGES; time++) {
                    String where = step.name().toLowerCase(Locale.ROOT) + "@" + time;
                    worker.startWith("--crash", where);
                    scenario.submit(new SubmittedJob(where, true, 1));
                    assertThat(worker.awaitExit(LONGEST))
                            .as("crashed at %s", where)
                            .isTrue();
                    worker.start();
                    assertThat(scenario.tap().awaitEnded(scenario.fed().size(), LONGEST))
                            .as("went on after %s", where)
                            .isTrue();
                    assertThat(worker.terminate()).isTrue();
                }
            }
            worker.start();
            boolean idle = scenario.drain(LONGEST);
            scenario.stopWorkers();

            assertThat(InvariantChecker.check(scenario.snapshot())).isEmpty();
            assertThat(idle).as("nothing is under way at the end").isTrue();
        }
    }
}
