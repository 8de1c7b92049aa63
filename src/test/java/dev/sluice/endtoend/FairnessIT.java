package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.http.TestClient;
import dev.sluice.http.TestTokens;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Jobs of ten users, one of whom has many waiting ones, with real encodes; prints a table. */
@ExtendWith(ServicesExtension.class)
@Tag("long")
class FairnessIT {
    private static final int SLOTS = 8;
    private static final int OTHERS = 9;
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final int WAITING = Integer.getInteger("fairness.jobs", 500);

    /** As the API creates them. */
    private static final String WAITING_JOBS = """
            INSERT INTO sluice.job (id, message, stage, submitted_by)
            SELECT 'busy-' || n, json_build_object('id', 'busy-' || n, 'mediaId', 'busy-' || n, 'userId', 'busy',
                       'mediaType', 'VIDEO', 's3Key', 'uploads/clip.mp4'), 'download', 'busy' FROM generate_series(1, %d) n;
            INSERT INTO sluice.stage_run (job_id, stage, task, sent_at)
            SELECT id, 'download', 0, 'infinity' FROM sluice.job
            """;

    private static final String JOB_SECONDS = """
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM u.finished_at - d.started_at))
              FROM sluice.stage_run u JOIN sluice.stage_run d ON d.job_id = u.job_id AND d.stage = 'download'
             WHERE u.stage = 'upload' AND u.state = 'done'
            """;
    private static final String STARTS = """
            SELECT j.submitted_by AS name, round(extract(epoch FROM d.started_at - j.created_at)::numeric, 1) AS download,
                   round(extract(epoch FROM p.started_at - j.created_at)::numeric, 1) AS processing,
                   round(extract(epoch FROM u.finished_at - j.created_at)::numeric, 1) AS finished
              FROM sluice.job j
              JOIN sluice.stage_run d ON d.job_id = j.id AND d.stage = 'download'
              JOIN sluice.stage_run p ON p.job_id = j.id AND p.stage = 'processing'
              JOIN sluice.stage_run u ON u.job_id = j.id AND u.stage = 'upload'
             WHERE j.submitted_by LIKE 'other-%' ORDER BY d.started_at
            """;
    private static final String COMPLETED =
            "SELECT count(*) FROM sluice.job WHERE state = 'completed' AND submitted_by LIKE '";

    @Test
    void startsJobsOfOthersWithinTwoJobTimes(PipelineFixture pipeline) throws Exception {
        pipeline.ignoreUpdates();
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        pipeline.database().execute("CREATE TABLE media (id text PRIMARY KEY, \"userId\" text, \"s3Key\" text)");
        JsonObject slots = new JsonObject().put("concurrency", SLOTS);
        int port = pipeline.startWithBackend(new JsonObject()
                .put("media", new JsonObject().put("streaming", "none"))
                .put("delivery", new JsonObject().put("leaseSeconds", 60).put("leaseRenewSeconds", 10))
                .put(
                        "stages",
                        new JsonObject()
                                .put("download", slots)
                                .put("processing", slots)
                                .put("upload", slots)));
        TestClient client = new TestClient(pipeline.vertx(), port);
        pipeline.database().execute(WAITING_JOBS.formatted(WAITING));
        Awaitility.await().atMost(LIMIT).until(() -> count(pipeline, "busy") >= SLOTS);

        for (int user = 0; user < OTHERS; user++) {
            submit(pipeline, client, "other-" + user);
        }
        Awaitility.await().atMost(LIMIT).until(() -> count(pipeline, "other-%") == OTHERS);

        double jobSeconds = Double.parseDouble(pipeline.database().value(JOB_SECONDS));
        List<Map<String, String>> starts = pipeline.database().query(STARTS);
        System.out.printf(
                "%d slots, a job takes %.1f s (median); %d of %d jobs of the busy user completed%n",
                SLOTS, jobSeconds, count(pipeline, "busy"), WAITING);
        System.out.println("| User | Download starts, s | in job times | Processing starts, s | Completed, s |");
        starts.forEach(row -> System.out.printf(
                "| %s | %s | %.2f | %s | %s |%n",
                row.get("name"),
                row.get("download"),
                Double.parseDouble(row.get("download")) / jobSeconds,
                row.get("processing"),
                row.get("finished")));
        assertThat(starts)
                .hasSize(OTHERS)
                .allSatisfy(row ->
                        assertThat(Double.parseDouble(row.get("download"))).isLessThan(2 * jobSeconds));
        assertThat(count(pipeline, "busy")).isLessThan(WAITING);
    }

    private static void submit(PipelineFixture pipeline, TestClient client, String user) {
        pipeline.database().execute("INSERT INTO media VALUES ('" + user + "', '" + user + "', 'uploads/clip.mp4')");
        assertThat(client.post("/api/video-processing/media/" + user + "/process-video", TestTokens.of(user))
                        .status())
                .isEqualTo(200);
    }

    private static long count(PipelineFixture pipeline, String users) {
        return Long.parseLong(pipeline.database().value(COMPLETED + users + "'"));
    }
}
