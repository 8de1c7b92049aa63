package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.get;
import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.sluice.ServicesExtension;
import dev.sluice.app.Sluice;
import dev.sluice.broker.ChildProcess;
import dev.sluice.cli.AdminClient;
import dev.sluice.ffmpeg.CaptionedClip;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.http.TestTokens;
import dev.sluice.job.JobId;
import dev.sluice.persistence.StoredEncodeSpeed;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A video too long for one delivery: planned, encoded in tasks, concatenated, uploaded. */
@ExtendWith(ServicesExtension.class)
class SegmentedJobIT {
    private static final int SECONDS = 11;
    private static final int FRAMES = SECONDS * 25;
    private static final int SEGMENTS = 6;

    @TempDir
    private Path directory;

    private PipelineFixture pipeline;

    @BeforeEach
    void open(PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        pipeline.upload("uploads/long.mp4", pipeline.clip(SECONDS));
        pipeline.storeEncodeSpeed(StoredEncodeSpeed.SLOW);
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "object-store"})
    void encodesInTasksAndConcatenates(String mode) throws Exception {
        Path captioned = new CaptionedClip()
                .popOn(1, "Across segments", 40, 210)
                .write(
                        directory.resolve("captioned.mp4"),
                        "testsrc2=size=640x360:rate=25:duration=" + SECONDS,
                        "sine=duration=" + SECONDS);
        Path source = pipeline.withText(captioned);
        pipeline.upload("uploads/long.mp4", source);
        JsonObject settings =
                settings(3).put("workspace", new JsonObject().put("mode", mode)).put("media", new JsonObject("""
                        {"previewClip": true, "ladder": [{"quality": "90p", "shortSide": 90, "maxKbps": 100},
                                                         {"quality": "360p", "shortSide": 360, "maxKbps": 800}]}
                        """));
        boolean isStaged = mode.equals("object-store");
        if (isStaged) {
            settings.put("ffmpeg", pipeline.ffmpegThatVerifiesWhenStaged(directory, "join"));
        }
        pipeline.start(settings);
        pipeline.backend().send(job("a", "uploads/long.mp4"));

        JsonObject end = pipeline.backend().awaitEnd("a");

        assertThat(end.getString("status")).isEqualTo("completed");
        assertThat(end.getJsonArray("thumbnails")).hasSize(1);
        assertThat(end.containsKey("warnings")).isFalse();
        assertThat(runs("segment")).isEqualTo(SEGMENTS + 1);
        assertThat(runs("join")).isEqualTo(1);
        assertThat(frames(end)).isEqualTo(FRAMES);
        assertPreview(end.getJsonObject("preview"));
        JsonObject subtitles = end.getJsonArray("text_tracks").getJsonObject(0);
        assertThat(subtitles.getMap())
                .containsEntry("kind", "subtitles")
                .containsEntry("language", "de")
                .containsEntry("label", "German")
                .containsEntry("default", true);
        assertThat(pipeline.download(subtitles.getString("s3_key"), directory.resolve("got.vtt")))
                .content()
                .contains("<b>Hallo</b>");
        assertThat(end.getJsonArray("text_tracks").getJsonObject(1).getString("kind"))
                .isEqualTo("chapters");
        JsonObject captions = end.getJsonArray("text_tracks").getJsonObject(2);
        assertThat(captions.getMap()).containsEntry("kind", "captions").containsEntry("label", "CC1");
        assertThat(pipeline.download(captions.getString("s3_key"), directory.resolve("captions.vtt")))
                .content()
                .contains("00:01.594 --> 00:08.396\nAcross segments");
        assertThat(pipeline.download("streams/media-a/master.m3u8", directory.resolve("master.m3u8")))
                .content()
                .contains("INSTREAM-ID=\"CC1\"");
        assertThat(pipeline.backend().steps("a"))
                .containsSubsequence(
                        "processing_video",
                        "segments_planned",
                        "segment_encoded",
                        "joining_segments",
                        "processing_complete",
                        "upload_complete");
        assertInOrder(pipeline.backend().updates("a"));
        assertThat(Files.exists(directory.resolve("staged")))
                .as("upload of a rendition before it is verified")
                .isEqualTo(isStaged);
        pipeline.awaitIdle();
        assertCostIsSumOfRuns(end, SEGMENTS + 5);
        assertThat(end.getJsonObject("cost").getLong("bytes_downloaded"))
                .as("nothing but the source, once")
                .isEqualTo(Files.size(source));
        BackendSimulator.awaitThat(() ->
                get(pipeline.sluice().objectStore().list("sluice-staging/", "")).isEmpty()
                        && pipeline.workspaceIsEmpty());
    }

    /** Three times the speed: a task encodes twice the frames in the same time. Each encode then takes two seconds. */
    @Test
    void plansByStoredSpeedAndStoresMeasuredSpeed() throws Exception {
        pipeline.storeEncodeSpeed(3 * StoredEncodeSpeed.SLOW);
        pipeline.start(
                settings(3).put("ffmpeg", pipeline.ffmpegAfter(directory, "case \"$*\" in *libx264*) sleep 2;; esac")));
        pipeline.backend().send(job("a", "uploads/long.mp4"));

        JsonObject end = pipeline.backend().awaitEnd("a");

        assertThat(end.getString("status")).isEqualTo("completed");
        assertThat(frames(end)).isEqualTo(FRAMES);
        assertThat(runs("segment")).isEqualTo(SEGMENTS / 2 + 1);
        BackendSimulator.awaitThat(() -> speed() > 0 && speed() < 3 * StoredEncodeSpeed.SLOW);
    }

    private double speed() {
        return Double.parseDouble(pipeline.database()
                .value("SELECT max(speed) FROM sluice.encode_speed WHERE preset = 'ultrafast' AND codec = 'h264'"));
    }

    /**
     * The other host does not know the profile of the job: its settings are those of the plan. The host of the join has lost one
     * segment and half of another one that it had encoded.
     */
    @Test
    void encodesOnHostsWithoutSharedDisk() throws Exception {
        JsonObject none = new JsonObject().put("instances", 0);
        JsonObject workspace = new JsonObject().put("mode", "object-store").put("cleanupIntervalSeconds", 0.5);
        JsonArray ladder = JsonArray.of(
                new JsonObject().put("quality", "other").put("shortSide", 360).put("maxKbps", 800));
        pipeline.start(settings(4)
                .put("workspace", workspace.copy())
                .put(
                        "profiles",
                        new JsonObject()
                                .put(
                                        "small",
                                        new JsonObject().put("ladder", ladder).put("thumbnails", false))));
        Sluice other = get(Sluice.start(
                pipeline.vertx(),
                pipeline.config(settings(4)
                        .put("workspace", workspace.copy().put("directory", directory.toString()))
                        .put(
                                "stages",
                                new JsonObject()
                                        .put("download", none)
                                        .put("processing", none)
                                        .put("join", none)
                                        .put("upload", none)))));
        try {
            get(pipeline.sluice().undeploy("join"));
            pipeline.backend().send(job("a", "uploads/long.mp4").put("profile", "small"));
            BackendSimulator.awaitThat(() -> doneSegments() == SEGMENTS + 1);
            long lost = loseCopies();
            get(pipeline.sluice().deploy("join"));

            JsonObject end = pipeline.backend().awaitEnd("a");

            assertThat(end.getString("status")).isEqualTo("completed");
            assertThat(frames(end)).isEqualTo(FRAMES);
            assertThat(end.getJsonArray("video_versions")).hasSize(1);
            assertThat(end.getJsonArray("video_versions").getJsonObject(0).getString("quality"))
                    .isEqualTo("other");
            assertThat(end.getJsonArray("thumbnails")).isEmpty();
            assertThat(pipeline.database()
                            .value("SELECT count(DISTINCT worker) FROM sluice.stage_run WHERE stage = 'segment'"))
                    .isEqualTo("2");
            assertThat(Long.parseLong(pipeline.database()
                            .value("SELECT cost ->> 'bytes_downloaded' FROM sluice.stage_run WHERE stage = 'join'")))
                    .as("what the other host has encoded, and what was lost; not all images are needed")
                    .isBetween(lost + bytesOfOtherHost("%.m%"), lost + bytesOfOtherHost("%"));
            BackendSimulator.awaitThat(() -> pipeline.workspaceIsEmpty() && PipelineFixture.isEmpty(directory));
        } finally {
            get(other.stop());
        }
    }

    private long doneSegments() {
        return Long.parseLong(pipeline.database()
                .value("SELECT count(*) FROM sluice.stage_run WHERE stage = 'segment' AND state = 'done'"));
    }

    /** Deletes a copy of a segment and truncates another one, if there is one; returns their bytes. */
    private long loseCopies() throws IOException {
        try (Stream<Path> files = Files.walk(pipeline.workspace())) {
            List<Path> segments = files.filter(file -> file.toString().contains("staged/segment-")
                            && file.toString().endsWith(".mp4"))
                    .limit(2)
                    .toList();
            long bytes = 0;
            for (Path segment : segments) {
                bytes += Files.size(segment);
                Files.write(segment, new byte[1]);
            }
            Files.delete(segments.get(0));
            return bytes;
        }
    }

    /** The bytes of artifacts with such names that the host without a join has encoded. */
    private long bytesOfOtherHost(String names) {
        return Long.parseLong(pipeline.database().value("""
                SELECT sum((piece ->> 'bytes')::bigint)
                  FROM sluice.stage_run r, jsonb_array_elements(r.result::jsonb -> 'pieces') piece
                 WHERE r.stage = 'segment' AND piece ->> 'name' LIKE '%s'
                   AND r.worker <> (SELECT worker FROM sluice.stage_run WHERE stage = 'join')
                """.formatted(names)));
    }

    /**
     * The first attempt of the third segment fails, and later segments are encoded before it. The first attempt of the audio fails
     * when its start has been published.
     */
    @Test
    void canBeWatchedWhileItIsEncoded() throws Exception {
        Path failed = directory.resolve("failed");
        Path watchable = directory.resolve("watchable");
        Path heads = directory.resolve("heads");
        JsonObject settings = settings(3)
                .mergeIn(growing())
                .put(
                        "ffmpeg",
                        pipeline.ffmpegAfter(
                                directory,
                                ("case \"$*\" in *trim=start=3.99*) mkdir '%1$s' 2>/dev/null && exit 1;;"
                                                + " *file:sound-head.m4a) echo >> '%3$s';;"
                                                + " *file:sound.m4a) for i in $(seq 300); do [ -e '%2$s' ] && break;"
                                                + " sleep 0.1; done; mkdir '%1$s-audio' 2>/dev/null && exit 1;; esac")
                                        .formatted(failed, watchable, heads)))
                .put("workspace", new JsonObject().put("mode", "object-store").put("cleanupIntervalSeconds", 0.5));
        pipeline.start(settings);
        JsonObject own = settings.copy();
        own.getJsonObject("workspace")
                .put("directory", directory.resolve("other").toString());
        Sluice other = get(Sluice.start(pipeline.vertx(), pipeline.config(own)));
        try {
            pipeline.backend().send(job("a", "uploads/long.mp4"));
            GrowingStreamCheck check = new GrowingStreamCheck(pipeline.bucket().file("streams/media-a"));
            BackendSimulator.awaitThat(() -> {
                check.check();
                return growingUpdates().size() == 1;
            });
            Files.createFile(watchable);
            BackendSimulator.awaitThat(() -> {
                check.check();
                return pipeline.backend().completions("a") == 1;
            });

            List<JsonObject> growing = growingUpdates();
            assertThat(failed).exists();
            assertThat(heads).as("starts of the audio").hasContent("\n");
            assertThat(growing).hasSize(1);
            assertThat(pipeline.bucket().file(growing.get(0).getString("hls_key")))
                    .isRegularFile();
            assertThat(pipeline.backend().awaitEnd("a").getJsonObject("streams").getString("state"))
                    .isEqualTo("complete");
            assertInOrder(pipeline.backend().updates("a"));
            check.assertComplete(SEGMENTS, FRAMES);

            pipeline.database().execute("UPDATE sluice.job SET finished_at = finished_at - interval '1 hour'");
            BackendSimulator.awaitThat(() -> growingObjects().isEmpty()
                    && pipeline.database()
                            .value("SELECT count(*) FROM sluice.growing_stream")
                            .equals("0"));
            assertThat(pipeline.bucket().file("streams/media-a/master.m3u8")).isRegularFile();
        } finally {
            get(other.stop());
        }
    }

    /** The first process that encodes the third segment does not complete it. */
    @Test
    void streamStaysRightWhenAProcessIsKilled() throws Exception {
        Path held = directory.resolve("held");
        Path released = directory.resolve("released");
        JsonObject settings = settings(3)
                .mergeIn(growing())
                .put(
                        "ffmpeg",
                        pipeline.ffmpegAfter(
                                directory,
                                ("case \"$*\" in *trim=start=3.99*) if mkdir '%1$s' 2>/dev/null; then"
                                                + " echo $$ > '%1$s/new'; mv '%1$s/new' '%1$s/pid'; n=0;"
                                                + " until [ -e '%2$s' ] || [ $((n += 1)) -gt 500 ]; do sleep 0.1; done;"
                                                + " fi;; esac")
                                        .formatted(held, released)))
                .put("workspace", new JsonObject().put("mode", "object-store").put("cleanupIntervalSeconds", 0.5));
        List<ChildProcess> workers = List.of(pipeline.process(settings), pipeline.process(settings));
        GrowingStreamCheck check = new GrowingStreamCheck(pipeline.bucket().file("streams/media-a"));
        try {
            pipeline.backend().send(job("a", "uploads/long.mp4"));
            BackendSimulator.awaitThat(() -> {
                check.check();
                return Files.exists(held.resolve("pid")) && growingUpdates().size() == 1;
            });
            long encode = Long.parseLong(Files.readString(held.resolve("pid")).strip());
            workers.stream()
                    .filter(worker -> worker.handle().descendants().anyMatch(process -> process.pid() == encode))
                    .findFirst()
                    .orElseThrow()
                    .kill();
            BackendSimulator.awaitThat(() -> {
                check.check();
                return pipeline.backend().completions("a") == 1;
            });

            BackendSimulator.awaitThat(() -> {
                check.check();
                return check.isComplete();
            });
            check.assertComplete(SEGMENTS, FRAMES);
            assertThat(growingUpdates()).hasSize(1);
            assertInOrder(pipeline.backend().updates("a"));
            assertThat(pipeline.database()
                            .value("SELECT count(*) FROM sluice.stage_run WHERE stage = 'segment' AND attempt > 1"))
                    .as("attempts of the process that was killed")
                    .isNotEqualTo("0");
        } finally {
            Files.createFile(released);
            workers.forEach(ChildProcess::stop);
        }
    }

    /** The third segment is encoded when the video is played; the whole video replaces the growing stream at a pause. */
    @Test
    void webUiPlaysVideoWhileItIsEncoded() throws Exception {
        Path played = directory.resolve("played");
        int port = pipeline.startWithBackend(settings(3)
                .mergeIn(growing())
                .put(
                        "ffmpeg",
                        pipeline.ffmpegAfter(
                                directory,
                                "case \"$*\" in *trim=start=3.99*)"
                                        + " for i in $(seq 600); do [ -e '" + played
                                        + "' ] && break; sleep 0.1; done;; esac")));
        pipeline.backend().send(job("a", "uploads/long.mp4"));
        try (Browser browser = Browser.open()) {
            Page page = browser.page(ColorScheme.LIGHT, 1280);
            page.navigate("http://127.0.0.1:" + port + "/#/jobs/a");
            page.locator("#token").fill(TestTokens.admin());
            page.keyboard().press("Enter");
            Locator player = page.getByTestId("player");
            player.waitFor();
            page.evaluate("document.querySelector('video').muted = true");
            page.evaluate("document.querySelector('video').playbackRate = 0.25");
            page.evaluate("document.querySelector('video').play()");
            page.waitForFunction("() => document.querySelector('video').currentTime > 0.2");
            assertThat(page.locator("#rendition option").allTextContents())
                    .containsExactly("Automatic (360p)", "360p · 640 × 360");
            assertThat(page.getByText("Open file").isVisible()).isFalse();
            String growing = player.getAttribute("src");

            Files.createFile(played);
            page.locator(".thumbnail").first().waitFor();

            assertThat(page.getByText("Open file").isVisible()).isTrue();
            assertThat(player.getAttribute("src")).isEqualTo(growing);
            assertThat(page.evaluate("document.querySelector('video').paused")).isEqualTo(false);
            page.evaluate("document.querySelector('video').pause()");
            page.waitForFunction("old => document.querySelector('video').src !== old", growing);
            page.waitForFunction("() => document.querySelector('video').currentTime > 0.2");
            assertThat(page.evaluate("document.querySelector('video').playbackRate"))
                    .isEqualTo(0.25);
            page.evaluate("document.querySelector('video').currentTime = 9");
            page.evaluate("document.querySelector('video').play()");
            page.waitForFunction("() => document.querySelector('video').currentTime > 9.5");
            assertThat(browser.errors()).isEmpty();
        }
    }

    private static JsonObject growing() {
        return new JsonObject().put("media", new JsonObject().put("streamWhileEncoding", true));
    }

    private List<JsonObject> growingUpdates() {
        return pipeline.backend().updates("a").stream()
                .map(update -> update.getJsonObject("streams", new JsonObject()))
                .filter(streams -> "growing".equals(streams.getString("state")))
                .toList();
    }

    private List<?> growingObjects() throws Exception {
        return get(pipeline.sluice().objectStore().list("streams/media-a/growing-", ""));
    }

    @Test
    void failsWithFailedTaskAndPlansAgainOnRetry() throws Exception {
        Path broken = Files.writeString(directory.resolve("broken"), "");
        pipeline.start(settings(2)
                .put("ffmpeg", ffmpegThatFailsWhile(broken))
                .put("stages", new JsonObject().put("segment", new JsonObject().put("maxAttempts", 2))));
        pipeline.backend().send(job("a", "uploads/long.mp4"));

        JsonObject end = pipeline.backend().awaitEnd("a");

        assertThat(end.getString("error_code")).isEqualTo("ffmpeg_failed");
        assertThat(end.getString("current_step")).isEqualTo("processing_failed");
        assertInOrder(pipeline.backend().updates("a"));
        pipeline.awaitIdle();
        Files.delete(broken);
        JsonObject letter = new JsonObject(
                new String(pipeline.backend().take(BackendSimulator.DEAD).getBody(), StandardCharsets.UTF_8));
        assertThat(letter.getInteger("task")).isEqualTo(3);

        assertThat(AdminClient.run(
                                pipeline.config(new JsonObject()),
                                desk -> desk.jobs().retry(new JobId("a")))
                        .isApplied())
                .isTrue();
        BackendSimulator.awaitThat(() -> pipeline.backend().completions("a") == 1);

        assertThat(runs("segment")).isEqualTo(SEGMENTS + 1);
        assertInOrder(pipeline.backend().updates("a"));
        assertThat(pipeline.database()
                        .value("SELECT round((j.cost ->> 'cpu_seconds')::numeric * 1000) - sum(round((r.cost ->>"
                                + " 'cpu_seconds')::numeric * 1000)) > 0 FROM sluice.job j JOIN sluice.stage_run r"
                                + " ON r.job_id = j.id GROUP BY j.cost"))
                .as("the job also paid for the discarded plan")
                .isEqualTo("t");
    }

    /** In the job, in its last update, and over all runs, each of which has a cost. */
    private void assertCostIsSumOfRuns(JsonObject end, int runs) {
        JsonObject cost = new JsonObject(pipeline.database().value("SELECT cost FROM sluice.job"));
        List<JsonObject> parts = pipeline.database().query("SELECT cost FROM sluice.stage_run").stream()
                .map(row -> new JsonObject(row.get("cost")))
                .toList();

        assertThat(end.getJsonObject("cost")).isEqualTo(cost);
        assertThat(parts).hasSize(runs).allMatch(part -> part.getDouble("wall_seconds") > 0);
        assertThat(cost.getDouble("cpu_seconds")).isPositive().isCloseTo(sum(parts, "cpu_seconds"), offset(1e-6));
        assertThat(cost.getDouble("wall_seconds")).isCloseTo(sum(parts, "wall_seconds"), offset(1e-6));
        for (String bytes : List.of("bytes_read", "bytes_written", "bytes_downloaded", "bytes_uploaded")) {
            assertThat(cost.getDouble(bytes)).as(bytes).isPositive().isEqualTo(sum(parts, bytes));
        }
        assertThat(cost.getLong("peak_memory_bytes")).isBetween(10L << 20, 4L << 30);
    }

    private static double sum(List<JsonObject> parts, String field) {
        return parts.stream().mapToDouble(part -> part.getDouble(field)).sum();
    }

    private static JsonObject settings(int inFlight) {
        return new JsonObject()
                .put("delivery", new JsonObject().put("maxTaskSeconds", 1).put("maxSegmentsInFlight", inFlight));
    }

    private JsonObject ffmpegThatFailsWhile(Path marker) throws Exception {
        return pipeline.ffmpegAfter(
                directory, "case \"$*\" in *trim=start=3.99*) [ -e '" + marker + "' ] && exit 1;; esac");
    }

    private long runs(String stage) {
        return Long.parseLong(
                pipeline.database().value("SELECT count(*) FROM sluice.stage_run WHERE stage = '" + stage + "'"));
    }

    private void assertPreview(JsonObject preview) throws Exception {
        assertThat(preview.getMap())
                .containsEntry("s3_key", "streams/media-a/preview.mp4")
                .containsEntry("width", 160)
                .containsEntry("height", 90);
        Path file = pipeline.download(preview.getString("s3_key"), directory.resolve("preview.mp4"));
        assertThat(file).hasSize(preview.getLong("file_size"));
        assertThat(FfmpegFixture.entries(file, "v", "stream=codec_name,nb_frames"))
                .containsExactly("h264,36");
    }

    private long frames(JsonObject end) throws Exception {
        JsonArray versions = end.getJsonArray("video_versions");
        assertThat(versions.getJsonObject(0).getMap())
                .containsKeys("bandwidth", "average_bandwidth", "codecs")
                .containsEntry("frame_rate", 25.0);
        Path file = pipeline.download(versions.getJsonObject(0).getString("s3_key"), directory.resolve("got.mp4"));
        FfmpegInstallation real =
                FfmpegInstallation.locate(pipeline.config(new JsonObject()).ffmpeg());
        Process counting = new ProcessBuilder(
                        real.ffprobe().toString(),
                        "-v",
                        "error",
                        "-count_frames",
                        "-select_streams",
                        "v",
                        "-show_entries",
                        "stream=nb_read_frames",
                        "-of",
                        "csv=p=0",
                        file.toString())
                .start();
        return Long.parseLong(new String(counting.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
    }

    /** As a consumer reads them, which ignores updates without a higher seq: progress may be received before the end it counts. */
    private static void assertInOrder(List<JsonObject> updates) {
        List<JsonObject> read = new ArrayList<>();
        long last = 0;
        for (JsonObject update : updates) {
            if (update.getLong("seq") > last) {
                last = update.getLong("seq");
                read.add(update);
            }
        }
        assertThat(read)
                .extracting(update -> update.getInteger("progress"))
                .isSorted()
                .doesNotContainNull();
        assertThat(read.get(read.size() - 1)).isEqualTo(updates.get(updates.size() - 1));
    }
}
