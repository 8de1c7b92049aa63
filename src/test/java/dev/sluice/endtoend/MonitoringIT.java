package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.get;
import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.ServicesExtension;
import dev.sluice.app.Sluice;
import dev.sluice.broker.ChildProcess;
import dev.sluice.common.tracing.Tracer;
import dev.sluice.monitoring.ProcessMetrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The monitoring endpoint of running pipelines without the HTTP API. */
@ExtendWith(ServicesExtension.class)
@Timeout(240)
class MonitoringIT {
    private static final Pattern METRIC = Pattern.compile("\\b(sluice|jvm|vertx|process)_[a-z0-9_]+\\b");

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
        sluice = get(Sluice.start(
                measured, pipeline.config(monitoring("127.0.0.1")), metrics, Tracer.NONE, Future.succeededFuture()));
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
    void listensOnTheSamePortAfterRedeployment() throws Exception {
        get(sluice.undeploy("monitoring"));
        assertThatThrownBy(() -> request("GET", port, "/health/live")).isInstanceOf(ConnectException.class);

        get(sluice.deploy("monitoring"));

        assertThat(request("GET", port, "/health/live").statusCode()).isEqualTo(200);
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
    void measuresWork() throws Exception {
        process();
        String text = request("GET", port, "/metrics").body();

        assertThat(value(text, "sluice_runs_total{outcome=\"completed\",stage=\"processing\"}"))
                .isEqualTo(1);
        assertThat(value(text, "sluice_run_duration_seconds_count{stage=\"upload\"}"))
                .isEqualTo(1);
        assertThat(value(text, "sluice_queue_wait_seconds_count{stage=\"upload\"}"))
                .isEqualTo(1);
        assertThat(value(text, "sluice_delivery_hold_seconds_count{stage=\"upload\"}"))
                .isEqualTo(1);
        assertThat(value(
                        text,
                        "sluice_run_failures_total{action=\"fail\",code=\"object_not_found\",stage=\"download\"}"))
                .isEqualTo(1);
        assertThat(value(text, "sluice_stage_concurrency{stage=\"upload\"}")).isEqualTo(2);
        assertThat(value(text, "sluice_frames_encoded_total{rendition=\"360p\"}"))
                .isPositive();
        assertThat(value(text, "sluice_ffmpeg_cpu_seconds_total")).isPositive();
        // One second of video: the encode takes less than 200 s.
        assertThat(value(text, "sluice_ffmpeg_speed_ratio_sum")).isGreaterThan(0.005);
        assertThat(value(text, "sluice_s3_received_bytes_total")).isGreaterThanOrEqualTo(Files.size(pipeline.clip(1)));
        assertThat(value(text, "sluice_s3_sent_bytes_total")).isPositive();
        assertThat(value(text, "sluice_workspace_free_bytes")).isPositive();
        assertThat(value(text, "sluice_backlog_waiting{stage=\"upload\"}")).isZero();
        assertThat(value(text, "sluice_queue_messages{queue=\"video.processing.download\"}"))
                .isZero();
        assertThat(text).contains("vertx_pool_in_use{", "sluice_event_loop_lag_seconds_count ");
        assertThat(text).doesNotContain("measured", "absent");
        assertThat(names("deploy/prometheus/alerts.yaml")).isNotEmpty().isSubsetOf(names(text.lines()));
        assertThat(names("deploy/grafana/sluice.json")).isNotEmpty().isSubsetOf(names(text.lines()));
        checkWithPromtool(text);
    }

    /** The metrics that a file of queries names. */
    private static Set<String> names(String file) throws IOException {
        return METRIC.matcher(Files.readString(Path.of(file)))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    /** The metrics of a scrape. */
    private static Set<String> names(Stream<String> scrape) {
        return scrape.filter(line -> !line.startsWith("#"))
                .map(line -> line.replaceAll("[{ ].*", ""))
                .collect(Collectors.toSet());
    }

    /** Prometheus's own check of names, types and units. */
    private static void checkWithPromtool(String text) throws Exception {
        assumeTrue(isInstalled("promtool"), "promtool is not installed");
        assertThat(run(text, "promtool", "check", "metrics")).isEmpty();
        assertThat(run("", "promtool", "check", "rules", "deploy/prometheus/alerts.yaml"))
                .contains("SUCCESS");
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    private static String run(String input, String... command) throws Exception {
        Path in = Files.writeString(Files.createTempFile("promtool", ".txt"), input);
        Process process = new ProcessBuilder(command)
                .redirectInput(in.toFile())
                .redirectErrorStream(true)
                .start();
        try (InputStream output = process.getInputStream()) {
            return new String(output.readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            Files.delete(in);
        }
    }

    /** One job completes, and one fails because its source does not exist. */
    private void process() throws Exception {
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        pipeline.backend().send(job("measured", "uploads/clip.mp4"));
        pipeline.backend().send(job("absent", "uploads/absent.mp4"));
        pipeline.backend().awaitEnd("measured");
        pipeline.backend().awaitEnd("absent");
        pipeline.awaitIdle();
    }

    private static double value(String text, String series) {
        return text.lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no series " + series));
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
