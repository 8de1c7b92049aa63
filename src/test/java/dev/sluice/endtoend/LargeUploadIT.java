package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.broker.ChildProcess;
import dev.sluice.http.TestTokens;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Uploads a video of more than 2 GiB ({@code -Duploads.bytes}) in each way through a process with 128 MiB of heap. */
@ExtendWith(ServicesExtension.class)
@Tag("long")
@Timeout(1_800)
class LargeUploadIT {
    private static final long BYTES = Long.getLong("uploads.bytes", (2L << 30) + 1_000_000);
    private static final long IN_ONE_REQUEST = 700L << 20;
    private static final String API = "/api/video-processing";
    private static final String BOUNDARY = "between-the-parts";

    private final HttpClient http = HttpClient.newHttpClient();

    private PipelineFixture pipeline;
    private ChildProcess process;
    private PaddedVideoFile video;
    private int port;

    @BeforeEach
    void start(PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        video = new PaddedVideoFile(Files.readAllBytes(pipeline.clip(1)), BYTES);
        port = ChildProcess.freePort();
        JsonObject none = new JsonObject().put("instances", 0);
        process = pipeline.process(
                new JsonObject()
                        .put(
                                "backend",
                                new JsonObject()
                                        .put("enabled", true)
                                        .put("port", port)
                                        .put("jwtSecret", TestTokens.SECRET))
                        .put("stages", new JsonObject().put("download", none)),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError");
    }

    @AfterEach
    void stop() throws Exception {
        process.kill();
    }

    @Test
    void storesForm() throws Exception {
        byte[] head = ("--" + BOUNDARY
                        + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"film.mp4\"\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] tail = ("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII);
        Supplier<InputStream> body = () -> new SequenceInputStream(Collections.enumeration(
                List.of(new ByteArrayInputStream(head), video.bytes(), new ByteArrayInputStream(tail))));

        HttpResponse<String> made =
                send(request(API + "/media", "Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                        .POST(streamed(body, head.length + video.size() + tail.length)));

        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertStored(new JsonObject(made.body()).getString("job_id"));
    }

    @Test
    void storesResumableUpload() throws Exception {
        HttpResponse<String> begun =
                send(request(API + "/uploads", "Tus-Resumable", "1.0.0", "Upload-Length", Long.toString(video.size()))
                        .POST(BodyPublishers.noBody()));
        String path = begun.headers().firstValue("Location").orElseThrow();

        String job = "";
        for (long offset = 0; offset < video.size(); offset += IN_ONE_REQUEST) {
            long from = offset;
            long count = Math.min(IN_ONE_REQUEST, video.size() - from);
            HttpResponse<String> added = send(request(
                            path,
                            "Tus-Resumable",
                            "1.0.0",
                            "Upload-Offset",
                            Long.toString(from),
                            "Content-Type",
                            "application/offset+octet-stream")
                    .method("PATCH", streamed(() -> video.bytes(from, count), count)));
            assertThat(added.statusCode()).as(added.body()).isEqualTo(204);
            job = added.headers().firstValue("Sluice-Job-Id").orElse("");
        }

        assertStored(job);
    }

    @Test
    void storesDirectUpload() throws Exception {
        JsonObject begun = new JsonObject(send(request(API + "/direct-uploads", "Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(
                                new JsonObject().put("size", video.size()).encode())))
                .body());
        long partSize = begun.getLong("part_size");
        List<String> etags = new ArrayList<>();
        for (Object url : begun.getJsonArray("urls")) {
            long from = etags.size() * partSize;
            long count = Math.min(partSize, video.size() - from);
            HttpResponse<String> put = send(HttpRequest.newBuilder(URI.create(url.toString()))
                    .PUT(streamed(() -> video.bytes(from, count), count)));
            etags.add(put.headers().firstValue("ETag").orElseThrow());
        }

        HttpResponse<String> made = send(request(
                        API + "/direct-uploads/" + begun.getString("upload_id") + "/complete",
                        "Content-Type",
                        "application/json")
                .POST(BodyPublishers.ofString(
                        new JsonObject().put("etags", new JsonArray(etags)).encode())));

        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        assertStored(new JsonObject(made.body()).getString("job_id"));
    }

    private static BodyPublisher streamed(Supplier<InputStream> bytes, long count) {
        return BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(bytes), count);
    }

    private HttpRequest.Builder request(String path, String... headers) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + TestTokens.of("ann"))
                .headers(headers);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Asserts that the source object of the job is identical to the video. */
    private void assertStored(String job) throws Exception {
        Map<String, String> row = pipeline.database()
                .query("SELECT message ->> 's3Key' AS key FROM sluice.job WHERE id = '" + job + "'")
                .get(0);
        try (InputStream sent = video.bytes();
                InputStream stored = Files.newInputStream(pipeline.bucket().file(row.get("key")))) {
            long equal = 0;
            while (true) {
                byte[] some = sent.readNBytes(1 << 20);
                assertThat(stored.readNBytes(some.length))
                        .as("from byte " + equal)
                        .isEqualTo(some);
                equal += some.length;
                if (some.length == 0) {
                    break;
                }
            }
            assertThat(equal).isEqualTo(BYTES);
            assertThat(stored.read()).as("end of the object").isNegative();
        }
        assertThat(process.handle().isAlive()).isTrue();
    }
}
