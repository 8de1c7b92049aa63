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

/** The database is unavailable when a message is delivered, and the queue drops messages that are requeued too often. */
class DatabaseOutageIT {
    private static final int DELIVERY_LIMIT = 2;
    /** Long enough for more than {@link #DELIVERY_LIMIT} redeliveries if the worker requeued at each failure. */
    private static final Duration OUTAGE = Duration.ofSeconds(12);

    @Test
    void losesNoJobWhenQueueHasDeliveryLimit() throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        try (RabbitNode node = RabbitNode.start();
                PipelineFixture pipeline = PipelineFixture.on(node)) {
            pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
            URI database = URI.create(pipeline.database().config().uri());
            InterruptibleProxy proxy = InterruptibleProxy.to(pipeline.vertx(), database);
            node.deleteTopology();
            pipeline.start(new JsonObject()
                    .put("rabbitmq", new JsonObject().put("queueMode", "quorum"))
                    .put("postgres", new JsonObject().put("uri", proxy.address() + database.getPath())));
            BackendSimulator.awaitThat(pipeline::isConsuming);
            pipeline.backend().listen();
            node.ctl(
                    "set_policy",
                    "delivery-limit",
                    "^video\\.processing\\.",
                    new JsonObject().put("delivery-limit", DELIVERY_LIMIT).encode(),
                    "--apply-to",
                    "queues");

            proxy.cut();
            pipeline.backend().send(job("deferred", "uploads/clip.mp4"));
            await().during(OUTAGE)
                    .atMost(OUTAGE.multipliedBy(10))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> node.ctl("list_queues", "name", "messages")
                            .lines()
                            .anyMatch(queue -> queue.equals(BackendSimulator.DOWNLOAD + "\t1")));
            proxy.mend();

            assertThat(pipeline.backend().awaitEnd("deferred").getString("status"))
                    .isEqualTo("completed");
        }
    }
}
