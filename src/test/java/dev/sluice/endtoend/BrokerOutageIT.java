package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.BrokerNode;
import dev.sluice.broker.EmbeddedNode;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The broker is killed with unacknowledged deliveries and messages in the outbox, and restarted. */
class BrokerOutageIT {
    @Test
    void completesAllJobsAndCountsNoFailureForQueuedMessages() throws Exception {
        try (BrokerNode broker = EmbeddedNode.start();
                PipelineFixture pipeline = PipelineFixture.on(broker)) {
            pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
            pipeline.start(new JsonObject());
            List<String> jobs = IntStream.range(0, 10).mapToObj(n -> "job-" + n).toList();
            for (String id : jobs) {
                pipeline.backend().send(job(id, "uploads/clip.mp4"));
            }
            BackendSimulator.awaitThat(() -> !finished(pipeline, 2).isEmpty());

            broker.kill();
            BackendSimulator.awaitThat(() -> waiting(pipeline).size() > 1);
            int failed = Integer.parseInt(
                    pipeline.database().value("SELECT count(*) FROM sluice.outbox WHERE failures > 0"));
            broker.restart();
            BackendSimulator.awaitThat(() -> finished(pipeline, jobs.size()).size() == 1);

            assertThat(failed).as("only the message in flight when the broker was killed").isLessThanOrEqualTo(1);
            assertThat(pipeline.database().value("SELECT count(*) FROM sluice.job WHERE state = 'completed'"))
                    .isEqualTo("10");
        }
    }

    private static List<?> finished(PipelineFixture pipeline, int count) {
        return pipeline.database()
                .query("SELECT 1 FROM (SELECT count(*) AS done FROM sluice.job WHERE state = 'completed') AS jobs"
                        + " WHERE done >= " + count);
    }

    private static List<?> waiting(PipelineFixture pipeline) {
        return pipeline.database()
                .query("SELECT id FROM sluice.outbox WHERE created_at < now() - interval '2 seconds'");
    }
}
