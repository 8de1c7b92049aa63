package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.Connection;
import dev.sluice.broker.RabbitNode;
import dev.sluice.job.DeliveryStep;
import dev.sluice.persistence.TestDatabase;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Crashes a worker after each step of a request in single-stage mode; the next worker resumes it. */
@Tag("long")
@Timeout(1200)
class RequestCrashPointsIT {
    private static final String QUEUE = ContractNames.queue("requests");
    private static final int STAGES = 3;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void completesRequestOnceWhenWorkerCrashesAtAnyStep() throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        FaultRunConfig config = FaultRunConfig.of(1)
                .with(new JsonObject()
                        .put("requests", new JsonObject().put("enabled", true).put("mode", "single-stage"))
                        .put("delivery", new JsonObject().put("leaseSeconds", 4).put("leaseRenewSeconds", 1)));

        try (FaultScenario scenario = FaultScenario.open("request-crash-points", config)) {
            assertQueue(scenario);
            WorkerProcess worker = scenario.worker(0);
            List<String> jobs = new ArrayList<>();
            for (String where : crashPoints()) {
                worker.startWith("--crash", where);
                jobs.add(request(scenario, where));
                assertThat(worker.awaitExit(LIMIT)).as("crashed at %s", where).isTrue();
                worker.start();
                assertThat(scenario.recorder().awaitEnd(where, LIMIT))
                        .as("job ended after crash at %s", where)
                        .isTrue();
                assertThat(worker.terminate()).isTrue();
            }

            TestDatabase database = scenario.services().postgres().database();
            assertThat(database.query("SELECT \"id\" FROM \"VideoProcessingJob\" WHERE \"status\" = 'COMPLETED'"
                            + " AND \"currentStep\" = 'processing_complete' AND \"progress\" = 100"))
                    .extracting(row -> row.get("id"))
                    .containsExactlyInAnyOrderElementsOf(jobs);
            assertThat(database.query("SELECT stage, count(*) AS done FROM sluice.stage_run WHERE state = 'done'"
                            + " GROUP BY stage ORDER BY stage"))
                    .isEqualTo(Stream.of("download", "processing", "upload")
                            .map(stage -> Map.of("stage", stage, "done", String.valueOf(jobs.size())))
                            .toList());
            assertThat(jobs)
                    .allSatisfy(job -> assertInOrder(scenario.recorder().updates().stream()
                            .filter(update -> update.job().equals(job))
                            .toList()));
        }
    }

    /** A request is acknowledged once, when its job ends; the other steps occur in each stage. */
    private static List<String> crashPoints() {
        return Stream.of(
                        DeliveryStep.CLAIMED, DeliveryStep.PROCESSED, DeliveryStep.COMMITTED, DeliveryStep.ACKNOWLEDGED)
                .flatMap(step -> IntStream.rangeClosed(1, step == DeliveryStep.ACKNOWLEDGED ? 1 : STAGES)
                        .mapToObj(time -> step.name().toLowerCase(Locale.ROOT) + "@" + time))
                .toList();
    }

    /** As the legacy backend does before it sends a request. */
    private static void assertQueue(FaultScenario scenario) throws Exception {
        try (Connection producer = scenario.services().connect()) {
            producer.createChannel().queueDeclare(QUEUE, true, false, false, null);
        }
    }

    private static String request(FaultScenario scenario, String id) throws InterruptedException {
        SubmittedJob job = new SubmittedJob(id, true, 1);
        scenario.services().postgres().database().execute(job.insert());
        scenario.producer()
                .send(
                        QUEUE,
                        new JsonObject()
                                .put("type", "video_processing_request")
                                .put("job_id", job.id())
                                .put("media_id", job.mediaId())
                                .put("user_id", "user-1")
                                .put("s3_key", job.key())
                                .encode());
        return id;
    }

    /** Checks the updates as a consumer reads them: an update without a higher {@code seq} is ignored. */
    private static void assertInOrder(List<RecordedUpdate> updates) {
        List<RecordedUpdate> read = new ArrayList<>();
        for (RecordedUpdate update : updates) {
            if (read.isEmpty() || update.seq() > read.get(read.size() - 1).seq()) {
                read.add(update);
            }
        }
        assertThat(read).extracting(RecordedUpdate::progress).isSorted();
        assertThat(read.stream().filter(RecordedUpdate::isEnd)).hasSize(1);
        assertThat(read.get(read.size() - 1).step()).isEqualTo("processing_complete");
    }
}
