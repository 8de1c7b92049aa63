package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.broker.RabbitNode;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The database is away when a delivery comes, and the broker is one that drops what comes back too often. */
class DatabaseOutageIT {
    private static final int RETURNS_ALLOWED = 2;
    /** In which a delivery that is given back whenever the database does not answer comes back more often than that. */
    private static final Duration AWAY = Duration.ofSeconds(12);

    @Test
    void losesNoJobToTheDeliveryLimitOfAQuorumQueue() throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        try (RabbitNode node = RabbitNode.start();
                PipelineFixture pipeline = PipelineFixture.on(node)) {
            pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
            URI database = URI.create(pipeline.database().config().uri());
            InterruptibleProxy way = InterruptibleProxy.to(pipeline.vertx(), database);
            node.deleteTopology();
            pipeline.start(new JsonObject()
                    .put("rabbitmq", new JsonObject().put("queueMode", "quorum"))
                    .put("postgres", new JsonObject().put("uri", way.address() + database.getPath())));
            BackendSimulator.awaitThat(pipeline::isConsuming);
            pipeline.backend().listen();
            node.ctl(
                    "set_policy",
                    "impatient",
                    "^video\\.processing\\.",
                    new JsonObject().put("delivery-limit", RETURNS_ALLOWED).encode(),
                    "--apply-to",
                    "queues");

            way.cut();
            pipeline.backend().send(job("patient", "uploads/clip.mp4"));
            await().during(AWAY)
                    .atMost(AWAY.multipliedBy(10))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> node.ctl("list_queues", "name", "messages")
                            .lines()
                            .anyMatch(queue -> queue.equals(BackendSimulator.DOWNLOAD + "\t1")));
            way.mend();

            assertThat(pipeline.backend().awaitEnd("patient").getString("status"))
                    .isEqualTo("completed");
        }
    }
}
