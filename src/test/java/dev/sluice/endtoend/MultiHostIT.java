package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.get;
import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.sluice.ServicesExtension;
import dev.sluice.app.Sluice;
import dev.sluice.broker.ChildProcess;
import dev.sluice.http.TestTokens;
import dev.sluice.monitoring.ProcessMetrics;
import dev.sluice.tracing.ProcessTracing;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** Two hosts with their own disks: one encodes, the other downloads and uploads. */
@ExtendWith(ServicesExtension.class)
class MultiHostIT {
    private static final String API = "/api/video-processing";
    private static final String MEDIA_TABLE = """
            CREATE TABLE media ("id" text PRIMARY KEY, "userId" text, "s3Key" text, "mimeType" text);
            INSERT INTO media VALUES ('clip', 'ann', 'uploads/clip.mp4', 'video/mp4');
            """;
    private static final String CLIENT_TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String CLIENT_SPAN = "b7ad6b7169203331";
    private static final String RUN_LOG = "dev.sluice.run";

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path otherDisk;

    private PipelineFixture pipeline;

    @BeforeEach
    void open(PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        pipeline.upload("uploads/clip.mp4", pipeline.clip(2));
    }

    @Test
    void continueJobsOfEachOtherThroughObjectStore(@TempDir Path scripts) throws Exception {
        Sluice encoder = startTwo("object-store", pipeline.ffmpegThatVerifiesWhenStaged(scripts, "processing"));
        try {
            pipeline.backend().send(job("a", "uploads/clip.mp4"));

            JsonObject end = pipeline.backend().awaitEnd("a");

            assertThat(end.getString("status")).isEqualTo("completed");
            assertThat(scripts.resolve("staged"))
                    .as("upload of a rendition before it is verified")
                    .exists();
            end.getJsonArray("video_versions")
                    .forEach(version -> assertThat(downloaded(((JsonObject) version).getString("s3_key")))
                            .isNotEmptyFile());
            pipeline.awaitIdle();
            BackendSimulator.awaitThat(() -> get(pipeline.sluice().objectStore().list("sluice-staging/", ""))
                            .isEmpty()
                    && pipeline.workspaceIsEmpty()
                    && PipelineFixture.isEmpty(otherDisk));
        } finally {
            get(encoder.stop());
        }
    }

    @Test
    void failJobWithoutSharedDirectoryInLocalMode() throws Exception {
        Sluice encoder = startTwo("local", new JsonObject());
        try {
            pipeline.backend().send(job("a", "uploads/clip.mp4"));

            assertThat(pipeline.backend().awaitEnd("a").getString("error_code")).isEqualTo("files_missing");
        } finally {
            get(encoder.stop());
        }
    }

    /** A client creates a job within its trace; another job has a message without one, and fails. */
    @Test
    void recordOneTracePerJob(@TempDir Path scripts) throws Exception {
        pipeline.backend().stopListening();
        pipeline.database().execute(MEDIA_TABLE);
        int port = ChildProcess.freePort();
        ListAppender<ILoggingEvent> log = listen();
        try (TraceCollector collector = TraceCollector.start()) {
            ProcessTracing first = tracing(collector, "first");
            ProcessTracing second = tracing(collector, "second");
            Vertx traced = first.instrument(Vertx.builder()).build();
            JsonObject none = new JsonObject().put("instances", 0);
            JsonObject workspace = new JsonObject().put("mode", "object-store");
            JsonObject backend =
                    new JsonObject().put("enabled", true).put("port", port).put("jwtSecret", TestTokens.SECRET);
            Sluice transfer = get(Sluice.start(
                    traced,
                    pipeline.config(new JsonObject()
                            .put("workspace", workspace.copy())
                            .put("backend", backend)
                            .put("stages", new JsonObject().put("processing", none))),
                    new ProcessMetrics(),
                    first.tracer(),
                    Future.succeededFuture()));

            String job = submit(port).getString("job_id");
            assertThat(waitingTraceParent())
                    .startsWith("00-" + CLIENT_TRACE + "-")
                    .endsWith("-01");
            Sluice encoder = get(Sluice.start(
                    pipeline.vertx(),
                    pipeline.config(new JsonObject()
                            .put("workspace", workspace.copy().put("directory", otherDisk.toString()))
                            .put("ffmpeg", pipeline.ffmpegAfter(scripts, failFirstEncode(scripts)))
                            .put(
                                    "stages",
                                    new JsonObject().put("download", none).put("upload", none))),
                    new ProcessMetrics(),
                    second.tracer(),
                    Future.succeededFuture()));
            BackendSimulator.awaitThat(
                    () -> jobStatus(port, job).getString("status").equals("COMPLETED"));
            pipeline.backend().send(job("missing", "uploads/never.mp4"));
            BackendSimulator.awaitThat(
                    () -> jobStatus(port, "missing").getString("status").equals("FAILED"));
            pipeline.awaitIdle();
            JsonObject failed = jobStatus(port, "missing");
            get(encoder.stop());
            get(transfer.stop());
            get(traced.close());
            first.close();
            second.close();

            assertTraceOfClient(collector, job);
            assertTraceOfMessage(collector, failed);
            assertThat(collector.spans().toString())
                    .as("no secrets, URLs, users, names of files")
                    .doesNotContain("ann", "Bearer", "X-Amz", "http:", "clip");
            assertThat(log.list)
                    .filteredOn(line -> line.getKeyValuePairs().stream().anyMatch(pair -> job.equals(value(pair))))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line.getKeyValuePairs())
                            .extracting(MultiHostIT::value)
                            .contains(CLIENT_TRACE));
        } finally {
            ((Logger) LoggerFactory.getLogger(RUN_LOG)).detachAppender(log);
        }
    }

    private static void assertTraceOfClient(TraceCollector collector, String job) {
        TraceCollector.ReceivedSpan request = only(collector.named("POST"));
        assertThat(request.traceId()).isEqualTo(CLIENT_TRACE);
        assertThat(request.parentId()).isEqualTo(CLIENT_SPAN);
        TraceCollector.ReceivedSpan created = only(collector.childrenOf(request));
        assertThat(created.name()).isEqualTo("create job");
        List<TraceCollector.ReceivedSpan> runs = collector.childrenOf(created).toList();
        assertThat(runs)
                .extracting(run -> run.name() + " " + run.instance())
                .containsExactlyInAnyOrder(
                        "process video.processing.download first",
                        "process video.processing.processing second",
                        "process video.processing.processing second",
                        "process video.processing.upload first");
        assertThat(runs)
                .allSatisfy(run -> assertThat(run.attributes())
                        .containsEntry("messaging.system", "rabbitmq")
                        .containsEntry("messaging.operation.type", "process")
                        .containsEntry("messaging.destination.name", run.name().substring("process ".length()))
                        .containsEntry("sluice.job.id", job));
        List<String> attempts = runs.stream()
                .map(run -> only(collector.childrenOf(run)))
                .map(attempt -> collector
                        .childrenOf(attempt)
                        .map(span -> span.name() + (span.failed() ? " failed" : ""))
                        .distinct()
                        .sorted()
                        .collect(Collectors.joining(
                                ", ",
                                attempt.name() + " " + attempt.attributes().get("sluice.attempt")
                                        + (attempt.failed() ? " failed: " : ": "),
                                "")))
                .toList();
        assertThat(attempts)
                .anyMatch(attempt -> attempt.matches("attempt 1: S3.GetObject, S3.HeadObject, commit, ffprobe"))
                .anyMatch(
                        attempt -> attempt.matches("attempt 1 failed: S3.GetObject, .*commit, ffmpeg failed, ffprobe"))
                .anyMatch(attempt -> attempt.matches("attempt 2: .*S3.PutObject, commit, ffmpeg, ffprobe"))
                .anyMatch(attempt -> attempt.matches("attempt 1: S3.CopyObject, .*commit"));
        assertThat(collector.spans().stream().filter(span -> span.traceId().equals(CLIENT_TRACE)))
                .filteredOn(span -> span.name().equals("commit"))
                .hasSize(runs.size())
                .allSatisfy(
                        commit -> assertThat(commit.attributes()).containsEntry("sluice.commit.result", "committed"));
    }

    private void assertTraceOfMessage(TraceCollector collector, JsonObject failed) {
        TraceCollector.ReceivedSpan received = only(collector.named("receive video.processing.download"));
        assertThat(received.parentId()).isEmpty();
        TraceCollector.ReceivedSpan run = only(collector.childrenOf(received));
        assertThat(only(collector.childrenOf(run)).attributes()).containsEntry("error.type", "object_not_found");
        assertThat(failed.getString("trace_id")).isEqualTo(received.traceId()).isNotEqualTo(CLIENT_TRACE);
        assertThat(pipeline.database()
                        .value("SELECT convert_from(final_update, 'UTF8')::json ->> 'trace_id'"
                                + " FROM sluice.published_update WHERE job_id = 'missing'"))
                .isEqualTo(received.traceId());
    }

    private static ProcessTracing tracing(TraceCollector collector, String instance) {
        return ProcessTracing.of(
                Map.of(
                        "OTEL_EXPORTER_OTLP_ENDPOINT",
                        collector.endpoint(),
                        "OTEL_RESOURCE_ATTRIBUTES",
                        "service.instance.id=" + instance),
                "test");
    }

    private static <T> T only(Stream<T> stream) {
        List<T> all = stream.toList();
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private static String failFirstEncode(Path directory) {
        return "case \"$*\" in *libx264*) if mkdir '" + directory.resolve("failed")
                + "' 2>/dev/null; then echo '[error] Something odd' >&2; exit 161; fi ;; esac";
    }

    private static ListAppender<ILoggingEvent> listen() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        ((Logger) LoggerFactory.getLogger(RUN_LOG)).addAppender(log);
        return log;
    }

    private static String value(KeyValuePair pair) {
        return String.valueOf(pair.value);
    }

    /** The header of the message that waits for an encoder; the message stays in its queue. */
    private String waitingTraceParent() throws Exception {
        AtomicReference<String> header = new AtomicReference<>();
        try (Connection connection = pipeline.broker().connect()) {
            Channel channel = connection.createChannel();
            BackendSimulator.awaitThat(() -> {
                GetResponse message = channel.basicGet(BackendSimulator.PROCESSING, false);
                if (message != null) {
                    header.set(String.valueOf(message.getProps().getHeaders().get("traceparent")));
                }
                return message != null;
            });
        }
        return header.get();
    }

    private JsonObject submit(int port) throws Exception {
        return request(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + API + "/media/clip/process-video"))
                        .header("traceparent", "00-" + CLIENT_TRACE + "-" + CLIENT_SPAN + "-01")
                        .header("Content-Type", "application/json")
                        .header("Authorization", "Bearer " + TestTokens.of("ann"))
                        .POST(HttpRequest.BodyPublishers.ofString("{}")));
    }

    private JsonObject jobStatus(int port, String id) throws Exception {
        return request(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + API + "/jobs/" + id))
                .header("Authorization", "Bearer " + TestTokens.admin()));
    }

    private JsonObject request(HttpRequest.Builder request) throws Exception {
        return new JsonObject(
                http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body());
    }

    /** Starts the pipeline of the fixture without encoder, and one with only the encoder; returns the second. */
    private Sluice startTwo(String mode, JsonObject ffmpeg) throws Exception {
        JsonObject none = new JsonObject().put("instances", 0);
        JsonObject workspace = new JsonObject().put("mode", mode).put("cleanupIntervalSeconds", 0.5);
        pipeline.start(new JsonObject()
                .put("workspace", workspace.copy())
                .put("stages", new JsonObject().put("processing", none)));
        return get(Sluice.start(
                pipeline.vertx(),
                pipeline.config(new JsonObject()
                        .put("workspace", workspace.copy().put("directory", otherDisk.toString()))
                        .put("ffmpeg", ffmpeg)
                        .put("stages", new JsonObject().put("download", none).put("upload", none)))));
    }

    private Path downloaded(String key) {
        try {
            return pipeline.download(key, otherDisk.resolve("got"));
        } catch (Exception cause) {
            throw new AssertionError(cause);
        }
    }
}
