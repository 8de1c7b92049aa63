package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.broker.RabbitNode;
import dev.sluice.faults.FaultRun.Result;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Checks the invariants under all kinds of faults. Runs for some minutes in every build, and until all jobs have ended with
 * {@code mvn -Pfaults verify -Dfaults.jobs=1000 -Dfaults.seed=1}.
 */
class FaultInjectionIT {
    private static final int WORKERS = 3;
    /** Every build injects the same faults, so that a failure indicates a change; other seeds with {@code -Dfaults.seed}. */
    private static final long SEED = 1907;

    @Test
    void keepsInvariantsUnderFaults() throws Exception {
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
    void keepsInvariantsWhenVideosAreEncodedInSegments() throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");

        Result result = FaultRun.run(FaultPlan.segmentedRun(
                Integer.getInteger("faults.segmentedJobs", 0), Long.getLong("faults.seed", SEED)));

        assertKept(result);
    }

    @Test
    @Tag("long")
    void keepsInvariantsWhenTheClusterIsSplit() throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");

        assertKept(FaultRun.run(FaultPlan.clusterRun(Long.getLong("faults.seed", SEED))));
    }

    private static void assertKept(Result result) {
        System.out.println(result);
        assertThat(result.violations()).as(result.toString()).isEmpty();
        assertThat(result.mistakes()).as(result.toString()).isEmpty();
    }
}
