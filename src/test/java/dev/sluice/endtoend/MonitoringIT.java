package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.get;
import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.ServicesExtension;
import dev.sluice.app.Sluice;
import dev.sluice.broker.ChildProcess;
import dev.sluice.monitoring.ProcessMetrics;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The monitoring endpoint of running pipelines without the HTTP API. */
@ExtendWith(ServicesExtension.class)
@Timeout(240)
class MonitoringIT {
    private final HttpClient http = HttpClient.newHttpClient();
    private final int port = ChildProcess.freePort();
    private final ProcessMetrics metrics = new ProcessMetrics();
    private final Vertx measured = metrics.instrument(
                    new VertxOptions(), options -> Vertx.builder().with(options))
            .build();

    private PipelineFixture pipeline;
    private Sluice sluice;

    @BeforeEach
    void start(PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        sluice = get(Sluice.start(measured, pipeline.config(monitoring("127.0.0.1")), metrics));
    }

    @AfterEach
    void stop() throws Exception {
        get(sluice.stop());
        get(measured.close());
    }

    private JsonObject monitoring(String host) {
        return new JsonObject()
                .put(
                        "monitoring",
                        new JsonObject().put("enabled", true).put("host", host).put("port", port));
    }

    @Test
    void answersProbes() throws Exception {
        assertThat(json("/health/live")).isEqualTo(new JsonObject().put("status", "up"));
        assertThat(json("/health/ready")).isEqualTo(new JsonObject().put("status", "up"));
        assertThat(json("/info").getString("name")).isEqualTo("sluice");
        assertThat(json("/health").getJsonObject("services").fieldNames())
                .containsExactly("database", "broker", "store");
        assertThat(request("GET", port, "/metrics/secret").statusCode()).isEqualTo(404);
        assertThat(request("POST", port, "/metrics").statusCode()).isEqualTo(405);
    }

    @Test
    void listensOnNextPortIfPortIsInUse() throws Exception {
        Sluice second = get(Sluice.start(pipeline.vertx(), pipeline.config(monitoring("127.0.0.1"))));
        try {
            assertThat(request("GET", port + 1, "/health/live").statusCode()).isEqualTo(200);
            assertThat(request("GET", port, "/health/live").statusCode()).isEqualTo(200);
        } finally {
            get(second.stop());
        }
    }

    @Test
    void rejectsAddressOfAnotherHost() {
        assertThatThrownBy(() -> get(Sluice.start(pipeline.vertx(), pipeline.config(monitoring("192.0.2.1")))))
                .hasMessage("monitoring.host: 192.0.2.1 is not an address of this host.");
    }

    @Test
    void servesMetricsWithoutJobIds() throws Exception {
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        pipeline.backend().send(job("measured", "uploads/clip.mp4"));
        pipeline.backend().awaitEnd("measured");

        String text = request("GET", port, "/metrics").body();

        assertThat(text)
                .contains("jvm_memory_used_bytes{", "vertx_pool_in_use{")
                .doesNotContain("measured\"");
    }

    private JsonObject json(String path) throws Exception {
        HttpResponse<String> response = request("GET", port, path);
        assertThat(response.statusCode()).isEqualTo(200);
        return new JsonObject(response.body());
    }

    private HttpResponse<String> request(String method, int port, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
