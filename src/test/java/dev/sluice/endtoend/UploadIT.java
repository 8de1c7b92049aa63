package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.broker.ChildProcess;
import dev.sluice.http.TestClient;
import dev.sluice.http.TestClient.Reply;
import dev.sluice.http.TestTokens;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Resumable and direct uploads with a real object store and a complete pipeline. */
@ExtendWith(ServicesExtension.class)
@Timeout(180)
class UploadIT {
    private static final String UPLOADS = "/api/video-processing/uploads";
    private static final String DIRECT = "/api/video-processing/direct-uploads";
    private static final String MEDIA = "/api/video-processing/media";
    private static final String JOBS = "/api/video-processing/jobs/";
    private static final String ANN = TestTokens.of("ann");
    private static final String BOB = TestTokens.of("bob");

    private static PipelineFixture pipeline;
    private static TestClient client;
    private static int port;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start(PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        port = pipeline.startWithBackend(new JsonObject()
                .put("s3", new JsonObject().put("partSizeMiB", 5))
                .put(
                        "backend",
                        new JsonObject()
                                .put("webhookSecret", "a-secret-of-thirty-two-characters")
                                .put("maxPendingUploadMiBPerUser", 8)
                                .put("maxOpenUploadsPerUser", 15)
                                .put("maxPresignedUrlsPerMinutePerUser", 30)));
        client = new TestClient(pipeline.vertx(), port);
    }

    @Test
    void resumesInterruptedUploadOfJavaScriptClient() throws Exception {
        NodeProject project = NodeProject.of("tus-client", "upload.js");
        Path film = Files.write(directory.resolve("film.mp4"), video(48 << 20));
        ChildProcess upload = project.start(
                "upload.js",
                Map.of("ENDPOINT", "http://127.0.0.1:" + port + UPLOADS, "TOKEN", ANN, "FILE", film.toString()));

        assertThat(upload.awaitExit(Duration.ofSeconds(120))).isTrue();
        JsonObject said = new JsonObject(project.output().get(project.output().size() - 1));
        assertThat(said.getString("error")).isNull();
        assertThat(said.getJsonArray("offsets")).as("interrupted three times").hasSizeGreaterThanOrEqualTo(3);
        // The offset is persisted when a request ends: a client that resumes immediately may get a lower offset and
        // resends the bytes.
        assertThat(said.getJsonArray("offsets").stream().map(offset -> ((Number) offset).longValue()))
                .isSorted()
                .last()
                .satisfies(offset -> assertThat(offset).isPositive());
        assertThat(stored(said.getString("job"))).isEqualTo(Files.readAllBytes(film));
        completes(said.getString("job"));
    }

    @Test
    void announcesTusVersionAndExtensions() {
        Reply reply = client.call("OPTIONS", UPLOADS, Map.of(), Buffer.buffer());

        assertThat(reply.status()).isEqualTo(204);
        assertThat(reply.headers().get("Tus-Version")).isEqualTo("1.0.0");
        assertThat(reply.headers().get("Tus-Extension")).isEqualTo("creation,termination,checksum,expiration");
        assertThat(reply.headers().get("Tus-Checksum-Algorithm")).contains("sha1");
        assertThat(Long.parseLong(reply.headers().get("Tus-Max-Size"))).isPositive();
    }

    @Test
    void obeysMethodOverrideAndReturnsMetadata() throws Exception {
        byte[] video = video(6 << 20);
        String metadata = "filename " + Base64.getEncoder().encodeToString("a,b.mp4".getBytes(StandardCharsets.UTF_8))
                + ",is_confidential";
        Map<String, String> create = new HashMap<>(tus(ANN));
        create.put("Upload-Length", Integer.toString(video.length));
        create.put("Upload-Metadata", metadata);
        Reply created = client.call("POST", UPLOADS, create, Buffer.buffer());
        String path = created.headers().get("Location");

        Map<String, String> append = new HashMap<>(tus(ANN));
        append.put("X-HTTP-Method-Override", "PATCH");
        append.put("Content-Type", "application/offset+octet-stream");
        append.put("Upload-Offset", "0");
        Reply appended = client.call("POST", path, append, Buffer.buffer(video).getBuffer(0, 1_000));
        assertThat(appended.status()).isEqualTo(204);
        assertThat(offset(path)).isEqualTo(1_000);
        assertThat(client.call("HEAD", path, tus(ANN), Buffer.buffer())
                        .headers()
                        .get("Upload-Metadata"))
                .isEqualTo(metadata);

        append.put("X-HTTP-Method-Override", "TRACE");
        assertThat(client.call("POST", path, append, Buffer.buffer()).json().getString("detail"))
                .isEqualTo("Header X-HTTP-Method-Override is 'TRACE'; it must be DELETE, HEAD or PATCH.");
        append.put("X-HTTP-Method-Override", "DELETE");
        assertThat(client.call("POST", path, append, Buffer.buffer()).status()).isEqualTo(204);
        assertThat(client.call("HEAD", path, tus(ANN), Buffer.buffer()).status())
                .isIn(404, 410);
    }

    @Test
    void rejectsChunkWithWrongChecksum() throws Exception {
        byte[] video = video(13 << 20);
        Buffer first = Buffer.buffer(video).getBuffer(0, 7 << 20);
        Buffer second = Buffer.buffer(video).getBuffer(7 << 20, video.length);
        String path = begin(ANN, video.length);

        Reply wrong = append(path, 0, first, Map.of("Upload-Checksum", sha1(second)));
        Reply unknown = append(path, 0, first, Map.of("Upload-Checksum", "crc7 AAAA"));
        assertThat(wrong.status()).isEqualTo(460);
        assertThat(wrong.code()).isEqualTo("checksum_mismatch");
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(offset(path)).isZero();

        assertThat(append(path, 0, first, Map.of("Upload-Checksum", sha1(first)))
                        .status())
                .isEqualTo(204);
        assertThat(offset(path)).isEqualTo(7 << 20);
        Reply last = append(path, 7 << 20, second, Map.of("Upload-Checksum", sha1(second)));

        String job = last.headers().get("Sluice-Job-Id");
        assertThat(stored(job)).isEqualTo(video);
        completes(job);
    }

    @Test
    void resumesUploadInAnotherProcess() throws Exception {
        byte[] video = video(6 << 20);
        String path = begin(ANN, video.length);
        append(path, 0, Buffer.buffer(video).getBuffer(0, 1_000), Map.of());

        PipelineFixture.get(pipeline.sluice().undeploy("api"));
        PipelineFixture.get(pipeline.sluice().deploy("api"));

        assertThat(offset(path)).isEqualTo(1_000);
        Reply last = append(path, 1_000, Buffer.buffer(video).getBuffer(1_000, video.length), Map.of());
        assertThat(stored(last.headers().get("Sluice-Job-Id"))).isEqualTo(video);
        assertThat(client.call("HEAD", path, tus(ANN), Buffer.buffer())
                        .headers()
                        .get("Sluice-Job-Id"))
                .isEqualTo(last.headers().get("Sluice-Job-Id"));
    }

    /** The process ended after the last byte was stored and before the object was created. */
    @Test
    void createsJobWhenCompleteUploadIsQueried() throws Exception {
        byte[] video = video(100_000);
        String path = begin(ANN, video.length);
        append(path, 0, Buffer.buffer(video).getBuffer(0, 50_000), Map.of());
        pipeline.database()
                .execute("UPDATE sluice.upload SET tail = tail || decode('"
                        + HexFormat.of().formatHex(video, 50_000, video.length) + "', 'hex'), received = bytes"
                        + " WHERE id = '" + id(path) + "'");

        Reply reply = client.call("HEAD", path, tus(ANN), Buffer.buffer());

        assertThat(reply.headers().get("Upload-Offset")).isEqualTo(Integer.toString(video.length));
        assertThat(stored(reply.headers().get("Sluice-Job-Id"))).isEqualTo(video);
    }

    @Test
    void rejectsInvalidRequests() throws Exception {
        byte[] video = video(1 << 20);
        String path = begin(ANN, video.length);
        Buffer all = Buffer.buffer(video);

        assertThat(append(path, 5, all, Map.of()).status()).isEqualTo(409);
        assertThat(append(path, 0, all.copy().appendString("more"), Map.of()).status())
                .isEqualTo(413);
        assertThat(client.call("PATCH", path, tus(BOB, "Upload-Offset", "0"), all)
                        .status())
                .isEqualTo(415);
        Map<String, String> bytes = tus(BOB, "Upload-Offset", "0", "Content-Type", "application/offset+octet-stream");
        assertThat(client.call("PATCH", path, bytes, all).status()).isEqualTo(403);
        assertThat(client.call("HEAD", path, tus(BOB), Buffer.buffer()).status())
                .isEqualTo(403);
        assertThat(client.delete(path, ANN).code()).isEqualTo("unsupported_tus_version");
        assertThat(client.call("POST", UPLOADS, tus(ANN, "Upload-Length", "many"), Buffer.buffer())
                        .code())
                .isEqualTo("invalid_request");
        assertThat(client.call("POST", UPLOADS, tus(ANN, "Upload-Length", "99999999999999"), Buffer.buffer())
                        .code())
                .isEqualTo("body_too_large");
        assertThat(client.call("HEAD", UPLOADS + "/nothing", tus(ANN), Buffer.buffer())
                        .status())
                .isEqualTo(404);
        assertThat(client.call("POST", UPLOADS, Map.of("Tus-Resumable", "1.0.0"), Buffer.buffer())
                        .status())
                .isEqualTo(401);
    }

    @Test
    void deletesInvalidDeletedAndExpiredUploads() throws Exception {
        Buffer text = Buffer.buffer("I am no video. ".repeat(400_000));
        String noVideo = begin(ANN, text.length());
        assertThat(append(noVideo, 0, text, Map.of()).code()).isEqualTo("not_a_video");
        assertThat(client.call("HEAD", noVideo, tus(ANN), Buffer.buffer()).status())
                .isEqualTo(404);

        byte[] video = video(9 << 20);
        String back = begin(ANN, video.length);
        append(back, 0, Buffer.buffer(video).getBuffer(0, 6 << 20), Map.of());
        assertThat(client.call("DELETE", back, tus(ANN), Buffer.buffer()).status())
                .isEqualTo(204);
        assertThat(client.call("HEAD", back, tus(ANN), Buffer.buffer()).status())
                .isEqualTo(404);

        String old = begin(ANN, video.length);
        append(old, 0, Buffer.buffer(video).getBuffer(0, 6 << 20), Map.of());
        pipeline.database()
                .execute("UPDATE sluice.upload SET expires_at = now() - interval '1 h' WHERE id = '" + id(old) + "'");
        assertThat(client.call("HEAD", old, tus(ANN), Buffer.buffer()).status()).isEqualTo(410);

        JsonObject direct = client.post(DIRECT, ANN, new JsonObject().put("size", video.length))
                .json();
        put(direct.getJsonArray("urls").getString(0), video);
        pipeline.database().execute("UPDATE sluice.upload SET expires_at = now() - interval '1 h' WHERE direct");
        // No request follows for these; the cleanup finds them.
        BackendSimulator.awaitThat(() -> pipeline.database()
                .value("SELECT count(*) FROM sluice.upload WHERE expires_at < now()")
                .equals("0"));
        BackendSimulator.awaitThat(() -> PipelineFixture.get(
                        pipeline.sluice().objectStore().list("uploads/" + direct.getString("media_id"), ""))
                .isEmpty());
    }

    @Test
    void keepsPendingBytesOfUserWithinQuota() throws Exception {
        String dora = TestTokens.of("dora");
        byte[] video = video(6 << 20);
        Buffer four = Buffer.buffer(video).getBuffer(0, 4 << 20);
        List<String> paths = new ArrayList<>();
        for (int n = 0; n < 3; n++) {
            paths.add(begin(dora, video.length));
        }

        assertThat(append(paths.get(0), 0, four, tus(dora)).status()).isEqualTo(204);
        assertThat(append(paths.get(1), 0, four, tus(dora)).status()).isEqualTo(204);
        Reply rejected = append(paths.get(2), 0, four, tus(dora));

        assertThat(rejected.status()).isEqualTo(429);
        assertThat(rejected.code()).isEqualTo("quota_exceeded");
        assertThat(rejected.headers().get("Retry-After")).isNotNull();
        assertThat(paths.stream()
                        .map(path -> client.call("HEAD", path, tus(dora), Buffer.buffer())
                                .headers()
                                .get("Upload-Offset")))
                .containsExactly("4194304", "4194304", "0");
        String rest = append(paths.get(2), 0, Buffer.buffer(video), tus(dora))
                .headers()
                .get("Sluice-Job-Id");
        assertThat(rest).as("a request with the rest of the upload").isNotNull();
        // An append that completes a part needs less, and makes room.
        assertThat(append(paths.get(0), 4 << 20, Buffer.buffer(video).getBuffer(4 << 20, video.length), tus(dora))
                        .headers()
                        .get("Sluice-Job-Id"))
                .isNotNull();
        assertThat(append(begin(dora, video.length), 0, four, tus(dora)).status())
                .isEqualTo(204);
    }

    @Test
    void limitsOpenUploadsAndPresignedUrlsOfUser() throws Exception {
        String emil = TestTokens.of("emil");
        JsonObject large = new JsonObject().put("size", 4L << 30);
        assertThat(client.post(DIRECT, emil, large).json().getJsonArray("urls"))
                .as("more than the quota in one request")
                .hasSize(64);
        Reply rejected = client.post(DIRECT, emil, large);
        assertThat(rejected.status()).isEqualTo(429);
        assertThat(rejected.json().getString("detail")).contains("presigned URLs");

        String last = "";
        for (int n = 0; n < 13; n++) {
            last = begin(emil, 1000);
        }
        Reply one = client.call("POST", UPLOADS, tus(emil, "Upload-Length", "1000"), Buffer.buffer());
        assertThat(one.code()).isEqualTo("quota_exceeded");
        assertThat(client.call("DELETE", last, tus(emil), Buffer.buffer()).status())
                .isEqualTo(204);
        begin(emil, 1000);
        begin(ANN, 1000);
    }

    @Test
    void acceptsDirectUpload() throws Exception {
        byte[] video = video(1 << 20);
        JsonObject begun = client.post(
                        DIRECT,
                        ANN,
                        new JsonObject().put("filename", "straight.mp4").put("size", video.length))
                .json();
        String complete = DIRECT + "/" + begun.getString("upload_id") + "/complete";

        String url = begun.getJsonArray("urls").getString(0);
        assertThat(begun.getJsonObject("headers").getMap()).containsEntry("Content-Type", "application/octet-stream");

        assertThat(client.post(complete, ANN).code()).isEqualTo("object_not_found");
        assertThat(tryPut(url, Arrays.copyOf(video, 1000), "application/octet-stream")
                        .statusCode())
                .as("another length")
                .isEqualTo(403);
        assertThat(refusedType()).isEqualTo(403);
        put(url, video);
        assertThat(client.post(complete, BOB).code()).isEqualTo("forbidden");
        JsonObject made = client.post(complete, ANN).json();

        assertThat(made.getString("media_id")).isEqualTo(begun.getString("media_id"));
        assertThat(client.post(complete, ANN).json().getString("job_id")).isEqualTo(made.getString("job_id"));
        put(url, new byte[video.length]);
        assertThat(client.post(complete, ANN).json().getString("job_id")).isEqualTo(made.getString("job_id"));
        assertThat(stored(made.getString("job_id"))).isEqualTo(video);
        completes(made.getString("job_id"));
    }

    @Test
    void acceptsDirectMultipartUpload() throws Exception {
        byte[] video = video((64 << 20) + 1_000_000);
        JsonObject begun = client.post(
                        DIRECT,
                        ANN,
                        new JsonObject().put("filename", "large.mp4").put("size", video.length))
                .json();
        JsonArray urls = begun.getJsonArray("urls");
        int part = begun.getInteger("part_size");
        assertThat(urls).hasSize(2);

        List<String> etags = new ArrayList<>();
        for (int i = 0; i < urls.size(); i++) {
            byte[] bytes = Arrays.copyOfRange(video, i * part, Math.min(video.length, (i + 1) * part));
            etags.add(put(urls.getString(i), bytes));
        }
        JsonObject made = client.post(
                        DIRECT + "/" + begun.getString("upload_id") + "/complete",
                        ANN,
                        new JsonObject().put("etags", new JsonArray(etags)))
                .json();

        assertThat(stored(made.getString("job_id"))).isEqualTo(video);
    }

    @Test
    void validatesDirectUpload() throws Exception {
        byte[] text = "I am no video. ".repeat(100).getBytes(StandardCharsets.UTF_8);
        JsonObject begun = client.post(DIRECT, ANN, new JsonObject().put("size", text.length))
                .json();
        put(begun.getJsonArray("urls").getString(0), text);

        assertThat(client.post(DIRECT + "/" + begun.getString("upload_id") + "/complete", ANN)
                        .code())
                .isEqualTo("not_a_video");
    }

    /** The body of an upgrade request would be buffered in memory faster than it is stored. */
    @Test
    void speaksHttp1WithAClientThatAsksForMore() throws Exception {
        byte[] video = video(6 << 20);
        Buffer form = Buffer.buffer(
                        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"film.mp4\"\r\n\r\n")
                .appendBytes(video)
                .appendString("\r\n--b--\r\n");

        HttpResponse<String> made = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + MEDIA))
                                .header("Authorization", "Bearer " + ANN)
                                .header("Content-Type", "multipart/form-data; boundary=b")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(form.getBytes()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(made.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(stored(new JsonObject(made.body()).getString("job_id"))).isEqualTo(video);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "multipart/form-data",
                "multipart/form-data; boundary",
                "multipart/form-data; charset=none; boundary=b",
                "text/plain"
            })
    void rejectsFormThatCannotBeDecoded(String contentType) {
        Reply reply = client.call(
                "POST",
                MEDIA,
                Map.of("Authorization", "Bearer " + ANN, "Content-Type", contentType),
                Buffer.buffer("--b\r\n"));

        assertThat(reply.code()).isEqualTo("invalid_request");
    }

    @Test
    void storesWebhooksAndProfilesOfUploads() throws Exception {
        byte[] video = video(100_000);
        Buffer bytes = Buffer.buffer(video);
        String receiver = "https://hooks.invalid/";
        String size = Integer.toString(video.length);

        String form = client.upload(MEDIA + "?profile=default&webhookUrl=" + receiver + "form", ANN, "film.mp4", bytes)
                .json()
                .getString("job_id");
        String begun = client.call(
                        "POST",
                        UPLOADS + "?webhookUrl=" + receiver + "tus",
                        tus(ANN, "Upload-Length", size, "Upload-Metadata", "profile " + base64("default")),
                        Buffer.buffer())
                .headers()
                .get("Location");
        String tus = append(begun, 0, bytes, Map.of()).headers().get("Sluice-Job-Id");
        JsonObject straight = client.post(
                        DIRECT,
                        ANN,
                        new JsonObject()
                                .put("size", video.length)
                                .put("webhookUrl", receiver + "direct")
                                .put("profile", "default"))
                .json();
        put(straight.getJsonArray("urls").getString(0), video);
        String direct = client.post(DIRECT + "/" + straight.getString("upload_id") + "/complete", ANN)
                .json()
                .getString("job_id");

        assertThat(receivers(form)).containsExactly(receiver + "form");
        assertThat(receivers(tus)).containsExactly(receiver + "tus");
        assertThat(receivers(direct)).containsExactly(receiver + "direct");
        assertThat(List.of(form, tus, direct)).extracting(this::profile).containsOnly("default");
    }

    private String profile(String job) {
        return client.get("/api/video-processing/jobs/" + job, ANN).json().getString("profile");
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void rejectsUnknownProfile() {
        List<Reply> refused = List.of(
                client.upload(MEDIA + "?profile=huge", ANN, "film.mp4", Buffer.buffer("film")),
                client.call(
                        "POST",
                        UPLOADS,
                        tus(ANN, "Upload-Length", "4", "Upload-Metadata", "profile " + base64("huge")),
                        Buffer.buffer()),
                client.post(DIRECT, ANN, new JsonObject().put("size", 4).put("profile", "huge")));

        assertThat(refused).extracting(Reply::status).containsOnly(400);
        assertThat(refused)
                .extracting(reply -> reply.json().getString("detail"))
                .containsOnly("Invalid profile 'huge': must be one of default.");
    }

    @Test
    void rejectsWebhookWithPrivateAddress() {
        String inside = "http://10.1.2.3/latest";

        List<Reply> refused = List.of(
                client.upload(MEDIA + "?webhookUrl=" + inside, ANN, "film.mp4", Buffer.buffer("film")),
                client.call("POST", UPLOADS + "?webhookUrl=" + inside, tus(ANN, "Upload-Length", "4"), Buffer.buffer()),
                client.post(DIRECT, ANN, new JsonObject().put("size", 4).put("webhookUrl", inside)));

        assertThat(refused).extracting(Reply::status).containsOnly(400);
        assertThat(refused)
                .extracting(reply -> reply.json().getString("detail"))
                .allSatisfy(detail -> assertThat(detail).contains("webhookUrl").contains("private address"));
    }

    private static List<String> receivers(String job) {
        return pipeline.database().query("SELECT url FROM sluice.job_webhook WHERE job_id = '" + job + "'").stream()
                .map(row -> row.get("url"))
                .toList();
    }

    /** A short body: a store that refuses a request may close the connection while a long body still arrives. */
    private static int refusedType() throws IOException, InterruptedException {
        byte[] text = "<script>".getBytes(StandardCharsets.UTF_8);
        JsonObject begun = client.post(
                        DIRECT,
                        ANN,
                        new JsonObject().put("filename", "page.mp4").put("size", text.length))
                .json();
        return tryPut(begun.getJsonArray("urls").getString(0), text, "text/html")
                .statusCode();
    }

    private static String put(String url, byte[] bytes) throws IOException, InterruptedException {
        HttpResponse<String> reply = tryPut(url, bytes, "application/octet-stream");
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        return reply.headers().firstValue("ETag").orElse("");
    }

    private static HttpResponse<String> tryPut(String url, byte[] bytes, String type)
            throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url))
                                .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes))
                                .header("Content-Type", type)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static byte[] video(int bytes) throws IOException {
        return new PaddedVideoFile(Files.readAllBytes(pipeline.clip(1)), bytes)
                .bytes()
                .readAllBytes();
    }

    private static String begin(String token, long bytes) {
        String name = Base64.getEncoder().encodeToString("film.mp4".getBytes(StandardCharsets.UTF_8));
        Reply reply = client.call(
                "POST",
                UPLOADS,
                tus(token, "Upload-Length", Long.toString(bytes), "Upload-Metadata", "filename " + name),
                Buffer.buffer());
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(201);
        return reply.headers().get("Location");
    }

    private static Reply append(String path, long offset, Buffer bytes, Map<String, String> more) {
        Map<String, String> headers =
                tus(ANN, "Upload-Offset", Long.toString(offset), "Content-Type", "application/offset+octet-stream");
        headers.putAll(more);
        return client.call("PATCH", path, headers, bytes);
    }

    private static long offset(String path) {
        return Long.parseLong(
                client.call("HEAD", path, tus(ANN), Buffer.buffer()).headers().get("Upload-Offset"));
    }

    private static Map<String, String> tus(String token, String... more) {
        Map<String, String> headers = new HashMap<>();
        headers.put("Authorization", "Bearer " + token);
        headers.put("Tus-Resumable", "1.0.0");
        for (int i = 0; i < more.length; i += 2) {
            headers.put(more[i], more[i + 1]);
        }
        return headers;
    }

    private static String id(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String sha1(Buffer bytes) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-1").digest(bytes.getBytes());
        return "sha1 " + Base64.getEncoder().encodeToString(digest);
    }

    /** The source object of a job. */
    private byte[] stored(String job) throws Exception {
        String key = client.get(JOBS + job, ANN).json().getString("s3_key");
        Path target = directory.resolve("stored-" + job);
        pipeline.download(key, target);
        return Files.readAllBytes(target);
    }

    private static void completes(String job) {
        BackendSimulator.awaitThat(
                () -> client.get(JOBS + job, ANN).json().getString("status").equals("COMPLETED"));
    }
}
