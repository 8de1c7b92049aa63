package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.ServicesExtension;
import dev.sluice.http.RandomRequests;
import dev.sluice.http.TestClient;
import dev.sluice.http.TestClient.Reply;
import dev.sluice.http.TestTokens;
import dev.sluice.job.JobId;
import dev.sluice.objectstore.MultipartUploadId;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/** The HTTP API of the backend, with a complete pipeline. */
@ExtendWith(ServicesExtension.class)
@Timeout(180)
class BackendApiIT {
    private static final String API = "/api/video-processing";
    private static final String MEDIA_TABLE = """
            CREATE TABLE media ("id" text PRIMARY KEY, "userId" text, "s3Key" text, "mimeType" text,
                                "videoProcessingStatus" text, "videoVersions" jsonb);
            INSERT INTO media VALUES ('clip', 'ann', 'uploads/clip.mp4', 'video/mp4'),
                                     ('of-bob', 'bob', 'uploads/clip.mp4', 'video/mp4'),
                                     ('picture', 'ann', 'uploads/clip.mp4', 'image/png'),
                                     ('lost', 'ann', 'uploads/gone.mp4', 'video/mp4'),
                                     ('escaped', 'ann', '../etc/passwd', 'video/mp4');
            """;

    private static final String ANN = TestTokens.of("ann");
    private static final String BOB = TestTokens.of("bob");
    private static final String ADMIN = TestTokens.admin();

    private static PipelineFixture pipeline;
    private static TestClient client;

    @BeforeAll
    static void start(PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        pipeline.database().execute(MEDIA_TABLE);
        pipeline.backend().stopListening();
        int port = pipeline.startWithBackend(new JsonObject()
                .put("media", PipelineFixture.previews(true))
                .put("backend", new JsonObject().put("maxUnfinishedJobsPerUser", 100)));
        client = new TestClient(pipeline.vertx(), port);
    }

    @Test
    void createsJobForMediaItemAndReportsItsStatus() {
        Reply made = client.post(
                API + "/media/clip/process-video", ANN, new JsonObject().put("requestProgressUpdates", true));

        assertThat(made.status()).as(made.body().toString()).isEqualTo(200);
        assertThat(made.json().getBoolean("success")).isTrue();
        String id = made.json().getString("job_id");
        BackendSimulator.awaitThat(() ->
                client.get(API + "/jobs/" + id, ANN).json().getString("status").equals("COMPLETED"));

        JsonObject status =
                client.get(API + "/media/clip/processing-status", ANN).json();
        assertThat(status.getMap())
                .containsEntry("job_id", id)
                .containsEntry("media_id", "clip")
                .containsEntry("user_id", "ann")
                .containsEntry("progress", 100)
                .containsEntry("current_step", "upload_complete")
                .containsKeys("metadata", "created_at", "updated_at", "completed_at");
        JsonObject versions =
                client.get(API + "/media/clip/video-versions", ANN).json();
        assertThat(versions.getJsonArray("video_versions").getJsonObject(0).getMap())
                .containsEntry("s3_key", "videos/clip_360p.mp4")
                .containsEntry("quality", "360p");
        assertThat(versions.getJsonArray("thumbnails")).isNotEmpty();
        JsonArray runs = client.get(API + "/jobs/" + id, ANN).json().getJsonArray("runs");
        assertThat(runs.stream().map(run -> ((JsonObject) run).getString("stage")))
                .containsExactly("download", "processing", "upload");
        assertThat(runs.getJsonObject(1).getMap())
                .containsEntry("state", "done")
                .containsKeys("worker", "seconds");
        assertThat(runs.getJsonObject(1).getJsonObject("effort").getMap())
                .containsOnly(Map.entry("effort", "preset"), Map.entry("reason", "no_trial"));
        JsonObject cost = client.get(API + "/jobs/" + id, ANN).json().getJsonObject("cost");
        assertThat(cost.getDouble("cpu_seconds")).isPositive();
        assertThat(cost.getLong("bytes_uploaded"))
                .isEqualTo(runs.stream()
                        .mapToLong(
                                run -> ((JsonObject) run).getJsonObject("cost").getLong("bytes_uploaded"))
                        .sum())
                .isPositive();
        assertThat(pipeline.database().query("SELECT \"videoProcessingStatus\" AS status FROM media WHERE id = 'clip'"))
                .containsExactly(Map.of("status", "COMPLETED"));
        assertThat(client.post(API + "/jobs/" + id + "/cancel", ANN).code()).isEqualTo("conflict");
    }

    @Test
    void showsDiagnosticsToAdministratorsOnly() {
        pipeline.database()
                .execute(
                        "INSERT INTO sluice.job (id, message, stage, state, seq) VALUES ('diagnosed',"
                                + " '{\"mediaId\": \"m\", \"userId\": \"ann\"}', 'processing', 'failed', 1);"
                                + " INSERT INTO sluice.stage_run (job_id, stage, task, state, history) VALUES ('diagnosed',"
                                + " 'processing', 0, 'failed', '[{\"attempt\": 1, \"worker\": \"w\", \"error_code\": \"filter_failed\","
                                + " \"error\": \"No.\", \"at\": \"2026-11-24T05:37:11Z\", \"diagnostics\": \"ffmpeg -i x\"}]')");

        assertThat(failedAttempt(ANN)).containsEntry("error", "No.").doesNotContainKey("diagnostics");
        assertThat(failedAttempt(ADMIN)).containsEntry("diagnostics", "ffmpeg -i x");
    }

    private static Map<String, Object> failedAttempt(String token) {
        return client.get(API + "/jobs/diagnosed", token)
                .json()
                .getJsonArray("runs")
                .getJsonObject(0)
                .getJsonArray("failed_attempts")
                .getJsonObject(0)
                .getMap();
    }

    @Test
    void createsOneJobWhenMediaItemIsSubmittedTwice() throws Exception {
        PipelineFixture.get(pipeline.sluice().undeploy("download"));
        pipeline.database().execute("INSERT INTO media VALUES ('twice', 'ann', 'uploads/clip.mp4', NULL)");

        String first =
                client.post(API + "/media/twice/process-video", ANN).json().getString("job_id");
        String second =
                client.post(API + "/media/twice/process-video", ANN).json().getString("job_id");

        assertThat(second).isEqualTo(first);
        assertThat(pipeline.database()
                        .query("SELECT \"status\", \"currentStep\", \"userId\", \"mediaId\" FROM \"VideoProcessingJob\""
                                + " WHERE \"id\" = '" + first + "'"))
                .containsExactly(
                        Map.of("status", "PENDING", "currentStep", "job_created", "userId", "ann", "mediaId", "twice"));
        assertThat(pipeline.database().value("SELECT \"videoProcessingStatus\" FROM media WHERE id = 'twice'"))
                .isEqualTo("PENDING");
        assertThat(new JsonObject(new String(
                                pipeline.backend()
                                        .take(BackendSimulator.DOWNLOAD)
                                        .getBody(),
                                StandardCharsets.UTF_8))
                        .getMap())
                .containsEntry("id", first)
                .containsEntry("mediaId", "twice")
                .containsEntry("s3Key", "uploads/clip.mp4")
                .containsEntry("stage", "DOWNLOADING");
        assertThat(client.get(API + "/jobs/" + first, ANN).json().getMap())
                .containsEntry("status", "PENDING")
                .containsEntry("state", "waiting");

        assertThat(client.post(API + "/jobs/" + first + "/cancel", ANN).status())
                .isEqualTo(200);
        assertThat(client.get(API + "/jobs/" + first, ANN).json().getMap())
                .containsEntry("status", "FAILED")
                .containsEntry("state", "cancelled")
                .containsEntry("error_code", "cancelled");
        assertThat(client.post(API + "/jobs/" + first + "/retry", ANN).status()).isEqualTo(200);
        PipelineFixture.get(pipeline.sluice().deploy("download"));
        BackendSimulator.awaitThat(() -> client.get(API + "/jobs/" + first, ANN)
                .json()
                .getString("status")
                .equals("COMPLETED"));
    }

    @Test
    void rejectsAccessToJobsOfOtherUsers() {
        pipeline.database()
                .execute(
                        "INSERT INTO \"VideoProcessingJob\" (\"id\", \"mediaId\", \"userId\") VALUES ('bobs', 'of-bob', 'bob')");

        for (String path : List.of("/jobs/bobs", "/media/of-bob/processing-status", "/media/of-bob/video-versions")) {
            assertThat(client.get(API + path, BOB).status()).as(path).isEqualTo(200);
            assertThat(client.get(API + path, ADMIN).status()).as(path).isEqualTo(200);
            assertThat(client.get(API + path, ANN).code()).as(path).isEqualTo("forbidden");
        }
        for (String path : List.of("/media/of-bob/process-video", "/jobs/bobs/cancel", "/jobs/bobs/retry")) {
            assertThat(client.post(API + path, ANN).code()).as(path).isEqualTo("forbidden");
        }
        for (String path : List.of("/dead-letters", "/dead-letters/x", "/queues", "/hosts", "/stages")) {
            assertThat(client.get(API + path, ANN).code()).as(path).isEqualTo("forbidden");
        }
        assertThat(client.post(API + "/dead-letters/x/replay", ANN).code()).isEqualTo("forbidden");
        assertThat(client.delete(API + "/dead-letters/x", ANN).code()).isEqualTo("forbidden");
        for (String path : List.of("/stages/upload/pause", "/stages/upload/resume")) {
            assertThat(client.post(API + path, ANN).code()).as(path).isEqualTo("forbidden");
        }
        JsonObject drain = new JsonObject().put("action", "drain");
        assertThat(client.post(API + "/hosts/x/commands", ANN, drain).code()).isEqualTo("forbidden");
        assertThat(client.get(API + "/jobs?mediaId=of-bob", ANN).json().getJsonArray("jobs"))
                .isEmpty();
    }

    @Test
    void rejectsUnknownMediaItemAndNonVideo() {
        assertThat(client.get(API + "/jobs/unknown", ANN).code()).isEqualTo("not_found");
        assertThat(client.get(API + "/media/nothing/processing-status", ANN).code())
                .isEqualTo("not_found");
        assertThat(client.get(API + "/media/lost/video-versions", ANN).code()).isEqualTo("not_found");
        assertThat(client.post(API + "/media/nothing/process-video", ANN).status())
                .isEqualTo(404);
        assertThat(client.post(API + "/media/picture/process-video", ANN).code())
                .isEqualTo("not_a_video");
        assertThat(client.post(API + "/media/lost/process-video", ANN).code()).isEqualTo("object_not_found");
        assertThat(client.post(API + "/media/escaped/process-video", ANN).code())
                .isEqualTo("object_not_found");
    }

    @Test
    void givesJobsOfMediaItemToItsNewOwner() {
        for (String id : List.of("sold", "kept")) {
            pipeline.database()
                    .execute("INSERT INTO media (id, \"userId\") VALUES ('" + id + "', 'seller');"
                            + " INSERT INTO sluice.job (id, message, stage, state, file_name) VALUES ('" + id
                            + "', '{\"mediaId\":\"" + id + "\",\"userId\":\"seller\"}', 'upload', 'completed', '" + id
                            + "')");
        }
        String seller = TestTokens.of("seller");
        String buyer = TestTokens.of("buyer");
        assertThat(ids(client.get(API + "/jobs", seller).json())).containsExactlyInAnyOrder("sold", "kept");
        assertThat(ids(client.get(API + "/jobs", buyer).json())).isEmpty();

        pipeline.database().execute("UPDATE media SET \"userId\" = 'buyer' WHERE id = 'sold'");

        assertThat(ids(client.get(API + "/jobs", seller).json())).containsExactly("kept");
        assertThat(ids(client.get(API + "/jobs?mediaId=sold", buyer).json())).containsExactly("sold");
        assertThat(client.get(API + "/jobs", buyer)
                        .json()
                        .getJsonArray("jobs")
                        .getJsonObject(0)
                        .getString("user_id"))
                .isEqualTo("buyer");
        for (String path : List.of("", "/outputs", "/events")) {
            assertThat(client.get(API + "/jobs/sold" + path, seller).code())
                    .as(path)
                    .isEqualTo("forbidden");
            assertThat(client.get(API + "/jobs/sold" + path, buyer).status())
                    .as(path)
                    .isEqualTo(200);
        }
        assertThat(client.post(API + "/jobs/sold/retry", seller).code()).isEqualTo("forbidden");
    }

    @Test
    void listsJobsInPages() {
        for (int i = 0; i < 5; i++) {
            pipeline.database()
                    .execute("INSERT INTO sluice.job (id, message, stage, state, file_name, created_at) VALUES ('page-"
                            + i
                            + "', '{\"mediaId\":\"paged\",\"userId\":\"cid\"}', 'upload', 'completed', 'f" + i
                            + "', now() - interval '" + i / 2 + " h')");
        }
        String cid = TestTokens.of("cid");

        JsonObject first = client.get(API + "/jobs?limit=2", cid).json();
        JsonObject second = client.get(API + "/jobs?limit=2&cursor=" + first.getString("next_cursor"), cid)
                .json();
        JsonObject third = client.get(API + "/jobs?limit=2&cursor=" + second.getString("next_cursor"), cid)
                .json();

        assertThat(Stream.of(first, second, third).flatMap(page -> ids(page).stream()))
                .containsExactly("page-1", "page-0", "page-3", "page-2", "page-4");
        assertThat(third.containsKey("next_cursor")).isFalse();
        assertThat(ids(client.get(API + "/jobs?status=FAILED", cid).json())).isEmpty();
        assertThat(ids(client.get(API + "/jobs?mediaId=paged&status=COMPLETED", ADMIN)
                        .json()))
                .hasSize(5);
        assertThat(client.get(API + "/jobs?cursor=bm90aGluZw", cid).code()).isEqualTo("invalid_request");
    }

    @Test
    void tellsWaitingFromRunningAndCancelledFromFailed() {
        insertJob(
                "between",
                "download",
                "running",
                "NULL",
                "('between', 'download', 0, 'done', NULL)",
                "('between', 'processing', 0, 'waiting', NULL)");
        insertJob(
                "encoding",
                "processing",
                "running",
                "NULL",
                "('encoding', 'download', 0, 'done', NULL)",
                "('encoding', 'processing', 0, 'running', now() + interval '1 h')");
        insertJob(
                "lost",
                "processing",
                "running",
                "NULL",
                "('lost', 'processing', 0, 'running', now() - interval '1 h')");
        insertJob(
                "planned",
                "processing",
                "running",
                "NULL",
                "('planned', 'processing', 0, 'done', NULL)",
                "('planned', 'segment', 0, 'waiting', NULL)");
        insertJob("stopped", "processing", "failed", "'cancelled'", "('stopped', 'processing', 0, 'failed', NULL)");
        insertJob("broken", "processing", "failed", "'corrupt_media'", "('broken', 'processing', 0, 'failed', NULL)");
        insertJob("ready", "upload", "completed", "NULL", "('ready', 'upload', 0, 'done', NULL)");
        String eve = TestTokens.of("eve");

        assertThat(client.get(API + "/jobs?mediaId=states", eve).json().getJsonArray("jobs").stream()
                        .map(JsonObject.class::cast)
                        .map(job -> job.getString("job_id") + " " + job.getString("state") + " "
                                + job.getString("current_step")))
                .containsExactlyInAnyOrder(
                        "between waiting download_complete",
                        "encoding running processing_video",
                        "lost waiting processing_video",
                        "planned waiting segments_planned",
                        "stopped cancelled processing_failed",
                        "broken failed processing_failed",
                        "ready completed upload_complete");
        Map.of(
                        "waiting", List.of("between", "lost", "planned"),
                        "running", List.of("encoding"),
                        "completed", List.of("ready"),
                        "failed", List.of("broken"),
                        "cancelled", List.of("stopped"))
                .forEach((state, jobs) -> {
                    assertThat(ids(client.get(API + "/jobs?state=" + state, eve).json()))
                            .as(state)
                            .containsExactlyInAnyOrderElementsOf(jobs);
                    assertThat(jobs)
                            .allSatisfy(id -> assertThat(client.get(API + "/jobs/" + id, eve)
                                            .json()
                                            .getString("state"))
                                    .isEqualTo(state));
                });
    }

    /** A job of Eve with runs: ID, stage, task, state, end of the lease. Messages of jobs are not resent within an hour. */
    private static void insertJob(String id, String stage, String state, String errorCode, String... runs) {
        pipeline.database()
                .execute("INSERT INTO sluice.job (id, message, stage, state, seq, error_code, file_name) VALUES ('" + id
                        + "', '{\"mediaId\":\"states\",\"userId\":\"eve\"}', '" + stage + "', '" + state + "', 1, "
                        + errorCode + ", '" + id + "')");
        for (String run : runs) {
            pipeline.database()
                    .execute("INSERT INTO sluice.stage_run (job_id, stage, task, state, lease_until, sent_at)"
                            + " SELECT job_id, stage, task, state, lease_until::timestamptz, now() + interval '1 h' FROM (VALUES "
                            + run
                            + ") AS run (job_id, stage, task, state, lease_until)");
        }
    }

    @Test
    void appliesUpdatesAndDeadLettersInvalidOnes() throws Exception {
        pipeline.database()
                .execute(
                        "INSERT INTO \"VideoProcessingJob\" (\"id\", \"mediaId\", \"userId\") VALUES ('external', 'm-external', 'ann')");
        String unreadable = "not an update";

        pipeline.backend().sendUpdate(unreadable);
        pipeline.backend().sendUpdate(update("unknown-job", "processing", 10));
        pipeline.backend().sendUpdate(update("external", "completed", 100));

        BackendSimulator.awaitThat(() -> client.get(API + "/jobs/external", ANN)
                .json()
                .getString("status")
                .equals("COMPLETED"));
        BackendSimulator.awaitThat(() -> deadLetters().size() >= 2);
        JsonObject unknownJob = deadLetter("unknown_job");
        JsonObject invalid = deadLetter("invalid_message");
        assertThat(unknownJob.getString("job")).isEqualTo("unknown-job");
        String path = API + "/dead-letters/" + invalid.getString("id");
        assertThat(client.get(path, ADMIN).json().getString("body")).isEqualTo(unreadable);
        assertThat(client.delete(path, ADMIN).status()).isEqualTo(200);
        assertThat(client.get(path, ADMIN).code()).isEqualTo("not_found");

        pipeline.database()
                .execute("INSERT INTO \"VideoProcessingJob\" (\"id\", \"userId\") VALUES ('unknown-job', 'ann')");
        assertThat(client.post(API + "/dead-letters/" + unknownJob.getString("id") + "/replay", ADMIN)
                        .status())
                .isEqualTo(200);
        BackendSimulator.awaitThat(
                () -> client.get(API + "/jobs/unknown-job", ANN).json().getInteger("progress") == 10);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void reportsJobsOfOtherProducers() throws Exception {
        pipeline.backend().send(job("sent", "uploads/clip.mp4").put("userId", "ann"));

        BackendSimulator.awaitThat(() -> client.get(API + "/jobs/sent", ANN)
                .json()
                .getString("status", "")
                .equals("COMPLETED"));

        assertThat(client.get(API + "/jobs/sent", ANN).json().getJsonArray("video_versions"))
                .hasSize(1);
    }

    @Test
    void storesVideoFromFormAndLinksItsRenditions() throws Exception {
        byte[] video = Files.readAllBytes(pipeline.clipWithText(1));

        Reply made = client.upload(API + "/media", ANN, "my cl\u00fcp, a:b=c; %22x%22.mp4", Buffer.buffer(video));

        assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
        String job = made.json().getString("job_id");
        String media = made.json().getString("media_id");
        BackendSimulator.awaitThat(() ->
                client.get(API + "/jobs/" + job, ANN).json().getString("status").equals("COMPLETED"));
        assertThat(client.get(API + "/jobs/" + job, ANN).json().getMap())
                .containsEntry("original_filename", "my cl\u00fcp, a:b=c; \"x\".mp4")
                .containsEntry("user_id", "ann")
                .containsEntry("s3_key", "uploads/" + media + ".mp4");
        assertThat(pipeline.database()
                        .query("SELECT \"userId\", \"s3Key\", \"videoProcessingStatus\" AS status FROM media"
                                + " WHERE id = '" + media + "'"))
                .containsExactly(Map.of("userId", "ann", "s3Key", "uploads/" + media + ".mp4", "status", "COMPLETED"));

        JsonArray outputs =
                client.get(API + "/jobs/" + job + "/outputs", ANN).json().getJsonArray("outputs");
        assertThat(outputs.stream().map(output -> ((JsonObject) output).getString("type")))
                .containsExactly("scaled", "thumbnail", "poster", "storyboard", "storyboard_sheet");
        URL rendition = new URL(outputs.getJsonObject(0).getString("url"));
        try (InputStream bytes = rendition.openStream()) {
            assertThat(bytes.readAllBytes()).hasSize(outputs.getJsonObject(0).getInteger("file_size"));
        }
        JsonArray textTracks =
                client.get(API + "/jobs/" + job + "/outputs", ANN).json().getJsonArray("text_tracks");
        assertThat(textTracks.stream().map(track -> ((JsonObject) track).getString("kind")))
                .containsExactly("subtitles", "chapters");
        try (InputStream bytes = new URL(textTracks.getJsonObject(0).getString("url")).openStream()) {
            assertThat(new String(bytes.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("WEBVTT\n\n00:00.250 --> 00:00.750\n<b>Hallo</b>\n");
        }
        assertThat(client.get(API + "/jobs/" + job + "/outputs", BOB).code()).isEqualTo("forbidden");
        assertThat(client.get(API + "/media/" + media + "/video-versions", BOB).code())
                .isEqualTo("forbidden");
        servesSignedStream(job, media);
    }

    /** Without a bearer token: players do not send one for the playlists that a playlist names. */
    private static void servesSignedStream(String job, String media) throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        log.start();
        root.addAppender(log);
        JsonObject outputs = client.get(API + "/jobs/" + job + "/outputs", ANN).json();
        JsonObject streams = outputs.getJsonObject("streams");
        String url = streams.getString("hls_url");
        String path = url.substring(0, url.indexOf("master.m3u8"));
        String query = url.substring(url.indexOf('?'));
        assertThat(path).isEqualTo(API + "/jobs/" + job + "/streams/");
        assertThat(streams.getMap())
                .containsEntry("hls_key", "streams/" + media + "/master.m3u8")
                .containsEntry("state", "complete");

        Reply master = client.get(url);
        assertThat(master.status()).as(master.body().toString()).isEqualTo(200);
        assertThat(master.contentType()).isEqualTo("application/vnd.apple.mpegurl");
        assertThat(master.headers().get("Cache-Control")).startsWith("private");
        assertThat(master.body().toString())
                .contains("\nvideo_360p.m3u8" + query + "\n")
                .contains("URI=\"audio.m3u8" + query + "\"")
                .contains("URI=\"iframes_360p.m3u8" + query + "\"");
        String video = client.get(path + "video_360p.m3u8" + query).body().toString();
        List<String> uris = video.lines().filter(line -> !line.startsWith("#")).toList();
        assertThat(uris)
                .isNotEmpty()
                .allSatisfy(uri -> assertThat(uri)
                        .startsWith(pipeline.storeProxy().address() + "/"
                                + pipeline.bucket().name() + "/videos/")
                        .contains("X-Amz-Expires=3600"));
        assertThat(rangeOf(uris.get(0))).isEqualTo(206);
        assertThat(rangeOf(uris.get(0).substring(0, uris.get(0).indexOf('?')))).isEqualTo(403);
        // The presigned URLs of one token do not change: a growing playlist must not.
        assertThat(client.get(path + "video_360p.m3u8" + query).body()).hasToString(video);

        Reply compressed = client.call(
                "GET", path + "video_360p.m3u8" + query, Map.of("Accept-Encoding", "br, gzip;q=0.5"), Buffer.buffer());
        assertThat(compressed.headers().get("Content-Encoding")).isEqualTo("gzip");
        try (InputStream bytes =
                new GZIPInputStream(new ByteArrayInputStream(compressed.body().getBytes()))) {
            assertThat(new String(bytes.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(video);
        }
        assertThat(client.call(
                                "GET",
                                path + "video_360p.m3u8" + query,
                                Map.of("Accept-Encoding", "identity;q=1, gzip;q=0"),
                                Buffer.buffer())
                        .body())
                .hasToString(video);

        String storyboard = client.get(output(outputs, "storyboard").getString("signed_url"))
                .body()
                .toString();
        Matcher sheet = Pattern.compile("(?m)^(http.*)#xywh=").matcher(storyboard);
        assertThat(sheet.find()).as(storyboard).isTrue();
        assertThat(rangeOf(sheet.group(1))).isEqualTo(206);
        Reply text =
                client.get(outputs.getJsonArray("text_tracks").getJsonObject(0).getString("signed_url"));
        assertThat(text.contentType()).isEqualTo("text/vtt");
        assertThat(text.body()).hasToString("WEBVTT\n\n00:00.250 --> 00:00.750\n<b>Hallo</b>\n");

        assertThat(client.get(path + "master.m3u8").code()).isEqualTo("invalid_request");
        assertThat(client.get(path + "master.m3u8?token=" + "A".repeat(86)).code())
                .isEqualTo("forbidden");
        assertThat(client.get(API + "/jobs/other/streams/master.m3u8" + query).code())
                .isEqualTo("forbidden");
        for (String name : List.of("poster.jpg", "storyboard-0.jpg", "video_1080p.m3u8", "x", "%2e%2e%2fmaster.m3u8")) {
            assertThat(client.get(path + name + query).code()).as(name).isEqualTo("not_found");
        }
        Path playlist = pipeline.bucket().file("streams/" + media + "/audio.m3u8");
        // A new file: the store keeps the checksum of the old one as its attribute.
        Files.delete(playlist);
        Files.writeString(playlist, "#EXTM3U\n../../uploads/" + media + ".mp4\n");
        assertThat(client.get(path + "audio.m3u8" + query).code()).isEqualTo("conflict");
        Files.delete(playlist);
        assertThat(client.get(path + "audio.m3u8" + query).code()).isEqualTo("not_found");
        pipeline.database().execute("UPDATE media SET \"userId\" = 'bob' WHERE id = '" + media + "'");
        assertThat(client.get(url).code()).isEqualTo("forbidden");

        root.detachAppender(log);
        assertThat(log.list.stream().map(event -> event.getFormattedMessage() + event.getKeyValuePairs()))
                .anyMatch(line -> line.contains("no output of its job"))
                .noneMatch(line -> line.contains(query.substring("?token=".length())));
    }

    private static JsonObject output(JsonObject outputs, String type) {
        return outputs.getJsonArray("outputs").stream()
                .map(JsonObject.class::cast)
                .filter(output -> output.getString("type").equals(type))
                .findFirst()
                .orElseThrow();
    }

    /** The status of a request for the first bytes of an object. */
    private static int rangeOf(String url) throws Exception {
        HttpURLConnection connection = (HttpURLConnection) new URL(url).openConnection();
        connection.setRequestProperty("Range", "bytes=0-9");
        try {
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }

    @Test
    void servesGrowingStreamOfJobInProgress() throws Exception {
        pipeline.database()
                .execute(
                        "INSERT INTO sluice.job (id, message, stage, state, seq) VALUES ('growing',"
                                + " '{\"id\": \"growing\", \"mediaId\": \"m-growing\", \"userId\": \"ann\", \"s3Key\": \"k\"}', 'segment',"
                                + " 'running', 1);"
                                + "INSERT INTO sluice.growing_stream (job_id, token, media_id) VALUES ('growing', 4, 'm-growing')");
        assertThat(client.get(API + "/jobs/growing/outputs", ANN).json().containsKey("streams"))
                .isFalse();
        pipeline.database().execute("UPDATE sluice.growing_stream SET announced = true WHERE job_id = 'growing'");
        String directory = "streams/m-growing/growing-" + new JobId("growing").pathSegment() + "-4/";
        Path master = pipeline.bucket().file(directory + "master.m3u8");
        Files.createDirectories(master.getParent());
        Files.writeString(master, "#EXTM3U\nvideo_360p.m3u8\n");
        Files.writeString(master.resolveSibling("video_360p.m3u8"), "#EXTM3U\n360p-0-1.mp4\n");

        JsonObject streams =
                client.get(API + "/jobs/growing/outputs", ANN).json().getJsonObject("streams");

        assertThat(streams.getMap())
                .containsEntry("hls_key", directory + "master.m3u8")
                .containsEntry("state", "growing");
        String url = streams.getString("hls_url");
        assertThat(client.get(url).body())
                .hasToString("#EXTM3U\nvideo_360p.m3u8" + url.substring(url.indexOf('?')) + "\n");
        assertThat(client.get(url.replace("master", "video_360p")).body().toString())
                .contains("/" + directory + "360p-0-1.mp4?X-Amz-");
        pipeline.database().execute("DELETE FROM sluice.job WHERE id = 'growing'");
    }

    /** More often than the limit of concurrent uploads. */
    @Test
    void deletesInterruptedUpload() throws Exception {
        Buffer begun = Buffer.buffer(Files.readAllBytes(pipeline.clip(1))).appendBytes(new byte[12 << 20]);
        for (int i = 0; i < 5; i++) {
            client.uploadAndDisconnect(API + "/media", ANN, begun);
        }

        BackendSimulator.awaitThat(() -> client.upload(API + "/media", ANN, "x.txt", Buffer.buffer("no video"))
                        .status()
                == 400);
        BackendSimulator.awaitThat(() -> unfinished().isEmpty());
    }

    private static List<MultipartUploadId> unfinished() {
        try {
            return PipelineFixture.get(pipeline.sluice().objectStore().listMultipartUploads("uploads/"));
        } catch (TimeoutException hangs) {
            throw new AssertionError("hangs", hangs);
        }
    }

    @Test
    void rejectsFormWithoutVideo() {
        Reply text = client.upload(API + "/media", ANN, "video.mp4", Buffer.buffer("This is not a video."));
        Reply large = client.upload(API + "/media", ANN, "video.mp4", Buffer.buffer("text ".repeat(3 << 20)));
        Reply empty = client.upload(API + "/media", ANN, "video.mp4", Buffer.buffer());
        Reply json = client.post(API + "/media", ANN, new JsonObject());

        for (Reply refused : List.of(text, large, empty)) {
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.code()).isEqualTo("not_a_video");
        }
        assertThat(json.code()).isEqualTo("invalid_request");
        assertThat(client.get(API + "/jobs?status=PENDING", ANN).json().getJsonArray("jobs"))
                .isEmpty();
    }

    /** A job is claimed and settled in three stages; another fails, is restarted, and fails again. */
    @Test
    void claimsAndSettlesLargestMessagesWithinBoundOfEventLoops() throws Exception {
        EventLoopCpu cpu = EventLoopCpu.measure(pipeline.vertx());
        EventLoopSampler json = EventLoopSampler.watch(
                "io.vertx.core.json.jackson.DatabindCodec", "io.vertx.core.json.jackson.JacksonCodec");

        pipeline.backend().send(largeJob("largest", "uploads/clip.mp4"));
        pipeline.backend().send(largeJob("largest-lost", "uploads/none.mp4"));
        awaitState("largest-lost", "failed");
        assertThat(client.post(API + "/jobs/largest-lost/retry", ANN).status()).isEqualTo(200);
        awaitState("largest-lost", "failed");
        awaitState("largest", "completed");

        assertThat(cpu.stop()).as("ms of CPU").isLessThan(200);
        assertThat(json.found()).isEmpty();
    }

    private static void awaitState(String job, String state) {
        BackendSimulator.awaitThat(() -> pipeline.database()
                .value("SELECT count(*) FROM sluice.job WHERE id = '" + job + "' AND state = '" + state + "'")
                .equals("1"));
    }

    private static String largeJob(String id, String key) {
        return "{\"mediaId\":\"m-" + id + "\",\"userId\":\"ann\",\"mediaType\":\"VIDEO\",\"s3Key\":\"" + key + "\","
                + manyFields(id).substring(1);
    }

    /** A message of almost 1 MiB. */
    private static String manyFields(String id) {
        return IntStream.range(0, 60_000)
                .mapToObj(n -> "\"field" + n + "\":1")
                .collect(Collectors.joining(",", "{\"id\":\"" + id + "\",", "}"));
    }

    @Test
    void readsLargeMessagesAndRowsOnWorkerThreads() throws Exception {
        String fields = manyFields("large");
        String update = update("unknown", "completed", 100).replace("}", "," + fields.substring(1));
        pipeline.database()
                .execute("INSERT INTO sluice.job (id, message, stage, state, seq) VALUES ('large',"
                        + " '{\"mediaId\": \"m\", \"userId\": \"ann\", \"s3Key\": \"k\", " + fields.substring(1)
                        + "', 'processing', 'failed', 1)");
        int before = deadLetters().size();
        EventLoopSampler loops = EventLoopSampler.watch(
                "dev.sluice.message.json.JsonValidator",
                "dev.sluice.backend.admin.DeadLetterSummary",
                "dev.sluice.persistence.job.JobStatusResolver");
        try {
            for (int n = 0; n < 6; n++) {
                pipeline.backend().send(fields);
                pipeline.backend().sendUpdate(update);
                pipeline.backend().sendDeadLetter(fields);
                client.get(API + "/jobs/large", ANN);
            }
            BackendSimulator.awaitThat(() -> deadLetters().size() == before + 18);
            List<String> foreign = deadLetters().stream()
                    .map(JsonObject.class::cast)
                    .filter(letter -> !letter.containsKey("queue"))
                    .map(letter -> letter.getString("id"))
                    .toList();

            assertThat(client.get(API + "/dead-letters/" + foreign.get(0), ADMIN)
                            .json()
                            .getString("job"))
                    .isEqualTo("large");
            assertThat(loops.found()).isEmpty();
        } finally {
            pipeline.backend().purgeDeadLetters();
        }
    }

    @Test
    void signsOutputsOfTheMediaItemOnly() throws Exception {
        pipeline.database()
                .execute(
                        "INSERT INTO \"VideoProcessingJob\" (\"id\", \"mediaId\", \"userId\") VALUES ('forged', 'm-forged', 'ann')");
        JsonObject forged = new JsonObject(update("forged", "completed", 100))
                .put(
                        "thumbnails",
                        new JsonArray()
                                .add(new JsonObject().put("s3_key", "uploads/clip.mp4"))
                                .add(new JsonObject().put("s3_key", "thumbnails/clip_0.jpg"))
                                .add(new JsonObject().put("s3_key", "thumbnails/m-forged_0.jpg")))
                .put(
                        "video_versions",
                        new JsonArray()
                                .add(new JsonObject().put("s3_key", "videos/clip_360p.mp4"))
                                .add(new JsonObject().put("s3_key", "videos/m-forged_360p.mp4")));
        pipeline.backend().sendUpdate(forged.encode());
        BackendSimulator.awaitThat(() ->
                client.get(API + "/jobs/forged", ANN).json().getString("status").equals("COMPLETED"));

        assertThat(client.get(API + "/jobs/forged/outputs", ANN).json().getJsonArray("outputs").stream()
                        .map(output -> ((JsonObject) output).getString("s3_key")))
                .containsExactly("videos/m-forged_360p.mp4", "thumbnails/m-forged_0.jpg");
    }

    @Test
    void signsNoOutputThatWorkersHaveNotPublished() {
        pipeline.database()
                .execute("INSERT INTO sluice.job (id, message, stage, state, seq) VALUES ('claimed',"
                        + " '{\"id\": \"claimed\", \"mediaId\": \"m-claimed\", \"userId\": \"ann\", \"s3Key\": \"k\"}', 'upload',"
                        + " 'completed', 1);"
                        + "INSERT INTO \"VideoProcessingJob\" (\"id\", \"mediaId\", \"userId\", \"videoVersions\") VALUES ('claimed',"
                        + " 'm-claimed', 'ann', '[{\"s3_key\": \"videos/m-claimed_360p.mp4\"}]')");

        assertThat(client.get(API + "/jobs/claimed/outputs", ANN).json().getJsonArray("outputs"))
                .isEmpty();
    }

    @Test
    void rejectsReservedUserNames() {
        for (String name : List.of("sluice", "local")) {
            assertThat(client.get(API + "/jobs", TestTokens.of(name)).code()).isEqualTo("forbidden");
            assertThat(client.call(
                                    "HEAD",
                                    API + "/uploads/any",
                                    Map.of("Authorization", "Bearer " + TestTokens.of(name), "Tus-Resumable", "1.0.0"),
                                    Buffer.buffer())
                            .status())
                    .isEqualTo(403);
        }
    }

    @Test
    void limitsUnfinishedJobsOfUser() {
        String carl = TestTokens.of("carl");
        pipeline.database()
                .execute("INSERT INTO media VALUES ('of-carl', 'carl', 'uploads/clip.mp4', 'video/mp4');"
                        + " INSERT INTO sluice.job (id, message, stage, submitted_by)"
                        + " SELECT 'carl-' || n, '{}', 'download', 'carl' FROM generate_series(1, 100) AS n");

        Reply rejected = client.post(API + "/media/of-carl/process-video", carl);

        assertThat(rejected.status()).isEqualTo(429);
        assertThat(rejected.code()).isEqualTo("quota_exceeded");
        assertThat(client.upload(API + "/media", carl, "clip.mp4", Buffer.buffer("video"))
                        .code())
                .isEqualTo("quota_exceeded");
        assertThat(client.post(API + "/direct-uploads", carl, new JsonObject().put("size", 1000))
                        .code())
                .isEqualTo("quota_exceeded");
        pipeline.database().execute("DELETE FROM sluice.job WHERE submitted_by = 'carl'");
        assertThat(client.post(API + "/media/of-carl/process-video", carl).status())
                .isEqualTo(200);
    }

    @Test
    void reportsHealthAndMetrics() {
        JsonObject health = client.get("/health").json();

        assertThat(health.getMap()).containsEntry("status", "ok").containsKeys("timestamp", "uptime");
        assertThat(health.getJsonObject("services").fieldNames())
                .containsExactlyInAnyOrder("database", "broker", "store");
        assertThat(client.get("/info").json().getMap())
                .containsEntry("name", "sluice")
                .containsKeys("version", "started_at", "uptime");
        assertThat(client.get("/health/live").json().getString("status")).isEqualTo("up");
        assertThat(client.get("/health/ready").json().getString("status")).isEqualTo("up");
        assertThat(client.get("/openapi.json").json().getString("openapi")).startsWith("3.1");
        assertThat(client.get(API + "/queues", ADMIN).json().getJsonArray("queues"))
                .hasSize(8);
    }

    @Test
    void tellsWhyAJobWaitsAndShowsItsStage() {
        client.post(API + "/stages/processing/pause", ADMIN);
        BackendSimulator.awaitThat(() -> stage("processing").getBoolean("paused")
                && client.get(API + "/hosts", ADMIN).body().toString().contains("PAUSED"));
        String id = client.post(API + "/media/clip/process-video", ANN).json().getString("job_id");

        BackendSimulator.awaitThat(() -> waiting(id).getString("stage", "").equals("processing"));
        assertThat(waiting(id).getMap()).containsEntry("reason", "paused").containsEntry("ahead", 0);
        JsonObject listed = client.get(API + "/jobs?state=waiting", ANN)
                .json()
                .getJsonArray("jobs")
                .getJsonObject(0);
        assertThat(listed.getJsonObject("waiting").getMap())
                .containsOnly(Map.entry("stage", "processing"), Map.entry("reason", "paused"));
        BackendSimulator.awaitThat(() -> stage("processing").getInteger("waiting", 0) == 1);
        assertThat(stage("processing").getJsonObject("last_hour").getMap())
                .containsOnlyKeys("waiting", "finished", "oldest_waiting_seconds");

        client.post(API + "/stages/processing/resume", ADMIN);
        BackendSimulator.awaitThat(() ->
                client.get(API + "/jobs/" + id, ANN).json().getString("status").equals("COMPLETED"));
        assertThat(waiting(id).isEmpty()).isTrue();
    }

    private JsonObject waiting(String job) {
        return client.get(API + "/jobs/" + job, ANN).json().getJsonObject("waiting", new JsonObject());
    }

    private JsonObject stage(String name) {
        return client.get(API + "/stages", ADMIN).json().getJsonArray("stages").stream()
                .map(JsonObject.class::cast)
                .filter(stage -> stage.getString("stage").equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void observesAndControlsWorkers() {
        JsonObject worker =
                client.get(API + "/hosts", ADMIN).json().getJsonArray("hosts").getJsonObject(0);
        String commands = API + "/hosts/" + worker.getString("worker") + "/commands";

        assertThat(worker.getMap())
                .containsEntry("state", "RUNNING")
                .containsKeys("host", "version", "uptimeSeconds", "lastSeenSeconds", "config", "runs");
        assertThat(worker.getJsonArray("verticles").stream().map(verticle -> ((JsonObject) verticle).getString("name")))
                .contains("publisher", "download", "processing", "upload", "api");
        assertThat(client.post(API + "/stages/join/pause", ADMIN).json().getString("about"))
                .isEqualTo("join");
        assertThat(client.post(API + "/stages/join/pause", ADMIN).status()).isEqualTo(409);
        assertThat(client.get(API + "/hosts", ADMIN).json().getJsonArray("pausedStages"))
                .containsExactly("join");
        assertThat(client.post(API + "/stages/join/resume", ADMIN).status()).isEqualTo(200);
        assertThat(client.post(API + "/stages/everything/pause", ADMIN).status())
                .isEqualTo(400);
        JsonObject redeploy = new JsonObject().put("action", "redeploy").put("drainSeconds", 0);
        assertThat(client.post(commands, ADMIN, redeploy.copy().put("verticles", new JsonArray().add("join")))
                        .json()
                        .getString("message"))
                .isEqualTo("Redeployed: join.");
        assertThat(client.post(commands, ADMIN, redeploy.copy().put("verticles", new JsonArray().add("none")))
                        .status())
                .isEqualTo(409);
        assertThat(client.post(commands, ADMIN, new JsonObject().put("action", "scale"))
                        .status())
                .isEqualTo(409);
        assertThat(client.post(
                                API + "/hosts/other/commands",
                                ADMIN,
                                redeploy.put("verticles", new JsonArray().add("join")))
                        .status())
                .isEqualTo(404);
        assertThat(client.post(commands, ADMIN, new JsonObject().put("action", "stop"))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void answersRandomRequestsWithoutInternalError() {
        JsonObject contract = client.get("/openapi.json").json();

        List<String> wrong = new RandomRequests(client, contract, List.of(ANN, BOB, ADMIN), 20261124L).run(200);

        assertThat(wrong).isEmpty();
    }

    private static List<String> ids(JsonObject page) {
        return page.getJsonArray("jobs").stream()
                .map(job -> ((JsonObject) job).getString("job_id"))
                .toList();
    }

    private static JsonArray deadLetters() {
        return client.get(API + "/dead-letters", ADMIN).json().getJsonArray("letters");
    }

    private static JsonObject deadLetter(String code) {
        return deadLetters().stream()
                .map(JsonObject.class::cast)
                .filter(entry -> code.equals(entry.getString("errorCode")))
                .findFirst()
                .orElseThrow();
    }

    private static String update(String job, String status, int progress) {
        return new JsonObject()
                .put("type", "video_processing_update")
                .put("job_id", job)
                .put("media_id", "m-" + job)
                .put("status", status)
                .put("progress", progress)
                .put("current_step", "x")
                .encode();
    }
}
