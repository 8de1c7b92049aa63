package dev.sluice.endtoend;

import static dev.sluice.endtoend.BackendSimulator.awaitThat;
import static dev.sluice.endtoend.PipelineFixture.get;
import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import dev.sluice.ServicesExtension;
import dev.sluice.app.Pipeline;
import dev.sluice.app.Sluice;
import dev.sluice.broker.ChildProcess;
import dev.sluice.cluster.HazelcastCluster;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two hosts with a clustered event bus: a process that only publishes, and this one. */
@ExtendWith(ServicesExtension.class)
@Timeout(240)
class ClusterIT {
    private static final String WORKING = "processing_video";

    private final int[] ports = {
        ChildProcess.freePort(), ChildProcess.freePort(), ChildProcess.freePort(), ChildProcess.freePort()
    };

    private PipelineFixture pipeline;
    private ChildProcess publishing;
    private Vertx clustered;
    private Sluice sluice;

    @BeforeEach
    void start(PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        pipeline.upload("uploads/clip.mp4", pipeline.clip(12));
        JsonObject none = new JsonObject().put("instances", 0);
        publishing = pipeline.process(settings(0, 1, 2)
                .put(
                        "stages",
                        new JsonObject()
                                .put("download", none)
                                .put("processing", none)
                                .put("upload", none)));
        JsonObject settings = settings(2, 3, 0);
        clustered = get(new HazelcastCluster(pipeline.config(settings).cluster())
                .vertxBuilder(new VertxOptions())
                .buildClustered());
        sluice = get(Sluice.start(clustered, pipeline.config(settings)));
    }

    @AfterEach
    void stop() throws Exception {
        get(sluice.stop());
        get(clustered.close());
        publishing.kill();
    }

    /** Progress updates are only sent over the event bus. */
    @Test
    void publishesProgressThroughOtherHostWhenPublisherIsDown() throws Exception {
        get(sluice.undeploy(Pipeline.PUBLISHER));

        pipeline.backend().send(job("far", "uploads/clip.mp4"));

        awaitThat(() -> progressUpdates("far") > 0);
        pipeline.backend().awaitEnd("far");
        assertThat(pipeline.backend().completions("far")).isEqualTo(1);
    }

    @Test
    void completesJobWhenOtherHostIsLost() throws Exception {
        publishing.kill();

        pipeline.backend().send(job("near", "uploads/clip.mp4"));

        awaitThat(() -> progressUpdates("near") > 0);
        pipeline.backend().awaitEnd("near");
        assertThat(pipeline.backend().completions("near")).isEqualTo(1);
    }

    /** The port speaks the protocol of members only; a client would need no password. */
    @Test
    void refusesClients() {
        ClientConfig client = new ClientConfig().setClusterName("cluster-of-this-test");
        client.getNetworkConfig().addAddress("127.0.0.1:" + ports[2]);
        client.getConnectionStrategyConfig().getConnectionRetryConfig().setClusterConnectTimeoutMillis(2_000);

        assertThatThrownBy(() -> HazelcastClient.newHazelcastClient(client))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Unable to connect to any cluster");
    }

    private long progressUpdates(String job) {
        return pipeline.backend().updates(job).stream()
                .filter(update -> update.getString("current_step").equals(WORKING))
                .map(update -> update.getInteger("progress"))
                .distinct()
                .skip(1)
                .count();
    }

    /** @param other index of the port of the other cluster member */
    private JsonObject settings(int port, int eventBusPort, int other) {
        return new JsonObject()
                .put(
                        "cluster",
                        new JsonObject()
                                .put("enabled", true)
                                .put("name", "cluster-of-this-test")
                                .put("host", "127.0.0.1")
                                .put("port", ports[port])
                                .put("eventBusPort", ports[eventBusPort])
                                .put("members", new JsonArray().add("127.0.0.1:" + ports[other])))
                .put("media", new JsonObject().put("preset", "slow"));
    }
}
