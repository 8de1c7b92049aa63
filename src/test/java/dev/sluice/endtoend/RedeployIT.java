package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.get;
import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.ServicesExtension.OnRabbitMq;
import dev.sluice.broker.RabbitNode;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Redeploys the verticles one by one during processing; on RabbitMQ where it is installed. */
@ExtendWith(ServicesExtension.class)
class RedeployIT {
    private static final int ROUNDS = 20;
    private static final int JOBS_PER_ROUND = 2;
    /** One for each stage, one for the publisher. */
    private static final int CONNECTIONS = 6;
    /** Thread pools grow under load; a leak of one thread for each redeployment would be 80. */
    private static final int SPARE_THREADS = 20;

    private PipelineFixture pipeline;

    @BeforeEach
    void start(@OnRabbitMq PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        pipeline.start(new JsonObject());
    }

    @Test
    void completesEachJobOnceAndReleasesResources() throws Exception {
        finish(send(-1));
        int threads = threads();
        List<String> jobs = new ArrayList<>();

        for (int round = 0; round < ROUNDS; round++) {
            jobs.addAll(send(round));
            for (String verticle : pipeline.sluice().verticles()) {
                get(pipeline.sluice().undeploy(verticle));
                get(pipeline.sluice().deploy(verticle));
            }
        }

        finish(jobs);
        pipeline.awaitIdle();
        assertThat(jobs)
                .hasSize(ROUNDS * JOBS_PER_ROUND)
                .allSatisfy(
                        job -> assertThat(pipeline.backend().completions(job)).isEqualTo(1));
        assertThat(pipeline.database()
                        .value("SELECT count(*) FROM sluice.stage_run WHERE state <> 'done' OR counted <> 1"))
                .isEqualTo("0");
        BackendSimulator.awaitThat(pipeline::isConsuming);
        if (pipeline.broker() instanceof RabbitNode node) {
            assertThat(node.connections()).hasSize(CONNECTIONS + 1);
        }
        assertThat(threads()).isLessThan(threads + SPARE_THREADS);
        assertThat(ProcessHandle.current().descendants().flatMap(child -> child.info().command().stream()))
                .noneMatch(command -> command.contains("ffmpeg"));
        BackendSimulator.awaitThat(pipeline::workspaceIsEmpty);
    }

    private List<String> send(int round) throws Exception {
        List<String> jobs = new ArrayList<>();
        for (int n = 0; n < JOBS_PER_ROUND; n++) {
            String id = "round-" + round + "-" + n;
            pipeline.backend().send(job(id, "uploads/clip.mp4"));
            jobs.add(id);
        }
        return jobs;
    }

    private void finish(List<String> jobs) {
        assertThat(jobs)
                .allSatisfy(job -> assertThat(pipeline.backend().awaitEnd(job).getString("status"))
                        .isEqualTo("completed"));
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }
}
