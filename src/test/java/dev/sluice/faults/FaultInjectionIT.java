package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.broker.RabbitNode;
import dev.sluice.faults.FaultRun.Result;
import org.junit.jupiter.api.Test;

/**
 * The promises, with everything going wrong. As part of every build for some minutes; for as long as it takes with {@code
 * mvn -Pfaults verify -Dfaults.jobs=1000 -Dfaults.seed=1}.
 */
class FaultInjectionIT {
    private static final int WORKERS = 3;
    /** The same faults in every build, so that a build that fails tells of a change; others by {@code -Dfaults.seed}. */
    private static final long SEED = 1907;

    @Test
    void keepsItsPromisesWhateverGoesWrong() throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        long seed = Long.getLong("faults.seed", SEED);
        int jobs = Integer.getInteger("faults.jobs", 0);

        Result result = FaultRun.run(
                jobs == 0
                        ? FaultPlan.shortRun(seed)
                        : FaultPlan.longRun(Integer.getInteger("faults.workers", WORKERS), jobs, seed));

        assertKept(result);
    }

    @Test
    void keepsThemWhenVideosAreEncodedInSegments() throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");

        Result result = FaultRun.run(
                FaultPlan.segmentedRun(Integer.getInteger("faults.films", 0), Long.getLong("faults.seed", SEED)));

        assertKept(result);
    }

    private static void assertKept(Result result) {
        System.out.println(result);
        assertThat(result.violations()).as(result.toString()).isEmpty();
        assertThat(result.mistakes()).as(result.toString()).isEmpty();
    }
}
