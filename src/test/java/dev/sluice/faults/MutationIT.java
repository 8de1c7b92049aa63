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
 * Checks the checker: under the same faults, it reports violations for a production class with a defect, and none for
 * production as it is.
 */
@Tag("long")
@Timeout(400)
class MutationIT {
    private static final Duration DRAIN = Duration.ofSeconds(60);
    /** The second occurrence of this step for a single job; the first one is in the download stage. */
    private static final String PROCESSING_PROCESSED = "processed@2";

    @TempDir
    private Path directory;

    @BeforeAll
    static void requireRabbitMq() {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
    }

    @Test
    void reportsStaleWorkerWithoutFence() throws Exception {
        Path classes = Mutant.withoutTheFence().compile(directory);

        assertThat(resumeStale("fence-dropped", config().withClassesFirst(classes)))
                .extracting(Violation::invariant)
                .contains(Invariant.STAGES_END_ONCE);
    }

    @Test
    void reportsNothingForStaleWorkerWithFence() throws Exception {
        assertThat(resumeStale("fence-holds", config())).isEmpty();
    }

    @Test
    void reportsAcknowledgementBeforeCommit() throws Exception {
        // Resending the messages of unresponsive workers would hide the loss.
        Path classes = Mutant.withoutResend().compile(directory);
        Mutant.withAcknowledgementBeforeCommit().compile(directory);

        assertThat(crashBeforeCommit("early-ack", config().withClassesFirst(classes)))
                .extracting(Violation::invariant)
                .contains(Invariant.NOTHING_LOST);
    }

    @Test
    void reportsNothingForAcknowledgementAfterCommit() throws Exception {
        Path classes = Mutant.withoutResend().compile(directory);

        assertThat(crashBeforeCommit("late-ack", config().withClassesFirst(classes)))
                .isEmpty();
    }

    /** The broker soon requeues the deliveries of an unresponsive worker. */
    private static FaultRunConfig config() {
        return FaultRunConfig.of(2).with(new JsonObject().put("rabbitmq", new JsonObject().put("heartbeatSeconds", 5)));
    }

    /** A worker freezes between processing and commit, another one processes its run, and it resumes before the job has ended. */
    private static List<Violation> resumeStale(String run, FaultRunConfig config) throws Exception {
        try (FaultScenario scenario = FaultScenario.open(run, config)) {
            WorkerProcess stale = scenario.worker(0);
            stale.startWith("--freeze", PROCESSING_PROCESSED);
            stale.awaitStarted();
            scenario.submit(new SubmittedJob("a", true, 1));
            awaitThat(() -> isStopped(stale));
            Promise<Void> uploadReleased = Promise.promise();
            Runnable unspoil =
                    scenario.services().storeProxy().inject(request -> true, FaultProxy.first(uploadReleased::future));
            scenario.worker(1).start();
            awaitThat(() -> value(
                            scenario,
                            "SELECT count(*) FROM sluice.stage_run WHERE stage = 'upload' AND state = 'running'")
                    .equals("1"));
            stale.signal("CONT");
            awaitThat(() -> count(stale, "result discarded") > 0 || count(stale, "stage completed") > 1);
            uploadReleased.complete();
            unspoil.run();
            return end(scenario);
        }
    }

    /** A worker crashes between processing and commit, and another one is running. */
    private static List<Violation> crashBeforeCommit(String run, FaultRunConfig config) throws Exception {
        try (FaultScenario scenario = FaultScenario.open(run, config)) {
            WorkerProcess victim = scenario.worker(0);
            victim.startWith("--crash", PROCESSING_PROCESSED);
            victim.awaitStarted();
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

    private static long count(WorkerProcess worker, String text) throws IOException {
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
