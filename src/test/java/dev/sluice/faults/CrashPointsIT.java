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

/** Crashes a worker after each step of each stage; the next worker completes the job. */
@Tag("long")
@Timeout(1200)
class CrashPointsIT {
    private static final int STAGES = 3;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void completesJobOnceWhenWorkerCrashesAtAnyStep() throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        FaultRunConfig config = FaultRunConfig.of(1)
                .with(new JsonObject()
                        .put("delivery", new JsonObject().put("leaseSeconds", 4).put("leaseRenewSeconds", 1)));

        try (FaultScenario scenario = FaultScenario.open("crash-points", config)) {
            WorkerProcess worker = scenario.worker(0);
            for (DeliveryStep step : DeliveryStep.values()) {
                for (int time = 1; time <= STAGES; time++) {
                    String crashPoint = step.name().toLowerCase(Locale.ROOT) + "@" + time;
                    worker.startWith("--crash", crashPoint);
                    scenario.submit(new SubmittedJob(crashPoint, true, 1));
                    assertThat(worker.awaitExit(LIMIT))
                            .as("crashed at %s", crashPoint)
                            .isTrue();
                    worker.start();
                    assertThat(scenario.recorder().awaitEnded(scenario.submitted().size(), LIMIT))
                            .as("job ended after crash at %s", crashPoint)
                            .isTrue();
                    assertThat(worker.terminate()).isTrue();
                }
            }
            worker.start();
            boolean idle = scenario.drain(LIMIT);
            scenario.stopWorkers();

            assertThat(InvariantChecker.check(scenario.snapshot())).isEmpty();
            assertThat(idle).as("idle at the end").isTrue();
        }
    }
}
