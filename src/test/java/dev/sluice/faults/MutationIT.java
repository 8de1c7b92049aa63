package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.broker.RabbitNode;
import dev.sluice.faults.Violation.Invariant;
import dev.sluice.objectstore.s3.FaultProxy;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whether the checker would see it if a promise were broken: production with a mistake in it is found out, and production as
 * it is is not, under the same faults.
 */
@Tag("long")
@Timeout(400)
class MutationIT {
    private static final Duration DRAIN = Duration.ofSeconds(60);
    /** The second milestone of this kind of a lone job: download's is the first. */
    private static final String PROCESSING_WORKED = "worked@2";

    @TempDir
    private Path directory;

    @BeforeAll
    static void needsABroker() {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
    }

    @Test
    void findsAWorkerThatWakesUpWithoutAFence() throws Exception {
        Path classes = Mutant.withoutTheFence().compile(directory);

        assertThat(wakeUpLate("fence-dropped", cast().withClassesFirst(classes)))
                .extracting(Violation::invariant)
                .contains(Invariant.STAGES_END_ONCE);
    }

    @Test
    void findsNothingWhenTheFenceHolds() throws Exception {
        assertThat(wakeUpLate("fence-holds", cast())).isEmpty();
    }

    @Test
    void findsAMessageThatIsAcknowledgedTooEarly() throws Exception {
        // The sweep for silent workers mends this too.
        Path classes = Mutant.thatSendsNothingAgain().compile(directory);
        Mutant.thatAcknowledgesBeforeItCommits().compile(directory);

        assertThat(dieBeforeTheCommit("early-ack", cast().withClassesFirst(classes)))
                .extracting(Violation::invariant)
                .contains(Invariant.NOTHING_LOST);
    }

    @Test
    void findsNothingWhenItIsAcknowledgedInTime() throws Exception {
        Path classes = Mutant.thatSendsNothingAgain().compile(directory);

        assertThat(dieBeforeTheCommit("late-ack", cast().withClassesFirst(classes)))
                .isEmpty();
    }

    /** The broker soon takes back what a silent worker holds. */
    private static FaultRunConfig cast() {
        return FaultRunConfig.of(2).with(new JsonObject().put("rabbitmq", new JsonObject().put("heartbeatSeconds", 5)));
    }

    /** A worker freezes between work and commit, another does its work, and it wakes up before the job has ended. */
    private static List<Violation> wakeUpLate(String run, FaultRunConfig config) throws Exception {
        try (FaultScenario scenario = FaultScenario.set(run, config)) {
            WorkerProcess sleeper = scenario.worker(0);
            sleeper.startWith("--freeze", PROCESSING_WORKED);
            sleeper.awaitUp();
            scenario.submit(new SubmittedJob("a", true, 1));
            awaitThat(() -> isStopped(sleeper));
            Promise<Void> uploadMayGoOn = Promise.promise();
            Runnable unspoil =
                    scenario.services().storeProxy().inject(request -> true, FaultProxy.first(uploadMayGoOn::future));
            scenario.worker(1).start();
            awaitThat(() -> value(
                            scenario,
                            "SELECT count(*) FROM sluice.stage_run WHERE stage = 'upload' AND state = 'running'")
                    .equals("1"));
            sleeper.signal("CONT");
            awaitThat(() -> says(sleeper, "result thrown away") > 0 || says(sleeper, "stage done") > 1);
            uploadMayGoOn.complete();
            unspoil.run();
            return end(scenario);
        }
    }

    /** A worker dies between work and commit, and another is there. */
    private static List<Violation> dieBeforeTheCommit(String run, FaultRunConfig config) throws Exception {
        try (FaultScenario scenario = FaultScenario.set(run, config)) {
            WorkerProcess victim = scenario.worker(0);
            victim.startWith("--crash", PROCESSING_WORKED);
            victim.awaitUp();
            scenario.submit(new SubmittedJob("a", true, 1));
            assertThat(victim.awaitExit(Duration.ofSeconds(60))).isTrue();
            scenario.worker(1).start();
            return end(scenario);
        }
    }

    private static List<Violation> end(FaultScenario scenario) throws Exception {
        boolean idle = scenario.drain(DRAIN);
        scenario.stopWorkers();
        List<Violation> violations = InvariantChecker.check(scenario.snapshot());
        System.out.println(scenario.directory().getFileName() + (idle ? "" : ", not idle") + ": " + violations);
        return violations;
    }

    private static String value(FaultScenario scenario, String sql) {
        return scenario.services().postgres().database().value(sql);
    }

    private static boolean isStopped(WorkerProcess worker) throws IOException {
        return Files.readString(Path.of("/proc", String.valueOf(worker.pid()), "status"))
                .contains("State:\tT");
    }

    private static long says(WorkerProcess worker, String text) throws IOException {
        return Files.readString(worker.log())
                .lines()
                .filter(line -> line.contains(text))
                .count();
    }

    private static void awaitThat(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(100))
                .until(condition);
    }
}
