package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.sluice.ServicesExtension;
import dev.sluice.ffmpeg.CaptionedClip;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.http.TestClient;
import dev.sluice.http.TestTokens;
import dev.sluice.persistence.StoredEncodeSpeed;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Players in a browser play what a pipeline has published. */
@ExtendWith(ServicesExtension.class)
@Timeout(180)
class StreamingIT {
    private static final Pattern VARIANT = Pattern.compile(
            "#EXT-X-STREAM-INF:BANDWIDTH=(\\d+),AVERAGE-BANDWIDTH=(\\d+),CODECS=\"([^\"]+)\".*,FRAME-RATE=([0-9.]+)");
    /** Encodes of the third and fourth segment wait for a file. */
    private static final String GATE = """
            case "$*" in *trim=start=[35].99*)
                start=${*#*trim=start=}
                n=0; until [ -e "%s/open-${start%%%%.*}" ] || [ $((n += 1)) -gt 1200 ]; do sleep 0.1; done;;
            esac""";

    @TempDir
    private static Path directory;

    private static PipelineFixture pipeline;
    private static PlayerSite site;
    private static int apiPort;

    @BeforeAll
    static void publish(PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        site = PlayerSite.start(pipeline.vertx(), pipeline.bucket());
        JsonObject media = PlayerSite.media();
        JsonObject settings = new JsonObject()
                .put("media", media)
                .put(
                        "profiles",
                        new JsonObject()
                                .put(
                                        "av1",
                                        new JsonObject()
                                                .put("codecs", JsonArray.of("h264", "av1"))
                                                .put(
                                                        "ladder",
                                                        JsonArray.of(media.getJsonArray("ladder")
                                                                .getJsonObject(0)))));
        pipeline.start(settings);
        Path subtitles =
                Files.writeString(directory.resolve("usual.srt"), "1\n00:00:00,000 --> 00:00:13,000\nHello\n\n");
        pipeline.upload(
                "uploads/usual.mp4",
                captionedClip(
                        "usual",
                        "-i",
                        subtitles.toString(),
                        "-map",
                        "0",
                        "-map",
                        "1",
                        "-map",
                        "2",
                        "-c:s",
                        "mov_text",
                        "-metadata:s:s:0",
                        "language=eng"));
        pipeline.upload("uploads/late.mp4", clip("late", "-af", "asetpts=PTS+5/TB"));
        pipeline.backend().send(PipelineFixture.job("usual", "uploads/usual.mp4"));
        pipeline.backend().send(PipelineFixture.job("late", "uploads/late.mp4").put("profile", "av1"));
        for (String job : List.of("usual", "late")) {
            assertThat(pipeline.backend().awaitEnd(job).getString("status")).isEqualTo("completed");
        }
        // The backend would take the updates from the tests.
        PipelineFixture.get(pipeline.sluice().stop());
        pipeline.upload("uploads/growing.mp4", pipeline.clip(7));
        pipeline.storeEncodeSpeed(StoredEncodeSpeed.SLOW);
        settings.getJsonObject("media").put("streamWhileEncoding", true);
        apiPort = pipeline.startWithBackend(settings.put(
                        "backend", new JsonObject().put("corsOrigins", JsonArray.of(site.origin())))
                .put("delivery", new JsonObject().put("maxTaskSeconds", 1))
                .put(
                        "ffmpeg",
                        pipeline.ffmpegAfter(directory, GATE.formatted(directory))
                                .put("stallTimeoutSeconds", 300)));
    }

    private static Path clip(String name, String... options) {
        return FfmpegFixture.clip(
                directory.resolve(name + ".mp4"),
                "testsrc2=size=1280x720:rate=25:duration=14",
                "sine=sample_rate=48000:duration=9",
                options);
    }

    /** Closed captions from 0.8 to 12 s. */
    private static Path captionedClip(String name, String... options) throws IOException {
        return new CaptionedClip()
                .popOn(1, "In the frames", 20, 300)
                .write(
                        directory.resolve(name + ".mp4"),
                        "testsrc2=size=1280x720:rate=25:duration=14",
                        "sine=sample_rate=48000:duration=9",
                        options);
    }

    @AfterAll
    static void close() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @Test
    void completionUpdateNamesEntryPoints() {
        JsonObject expected = new JsonObject()
                .put("hls_key", "streams/media-usual/master.m3u8")
                .put("dash_key", "streams/media-usual/manifest.mpd")
                .put("state", "complete");

        JsonObject update = pipeline.backend().awaitEnd("usual");
        assertThat(update.getJsonObject("streams")).isEqualTo(expected);
        assertThat(update.getJsonArray("video_versions")).hasSize(2);
        assertThat(update.getJsonObject("metadata").getJsonObject("loudness").getDouble("integrated_lufs"))
                .isBetween(-30.0, -5.0);
    }

    /** Readers of {@code video_versions} receive H.264 only. */
    @Test
    void listsAv1WithStreams() throws Exception {
        JsonObject update = pipeline.backend().awaitEnd("late");
        JsonObject av1 =
                update.getJsonObject("streams").getJsonArray("renditions").getJsonObject(0);
        String key = "videos/media-late_360pav1.mp4";

        assertThat(update.getJsonArray("video_versions")).hasSize(1);
        assertThat(av1.getString("s3_key")).isEqualTo(key);
        assertThat(av1.getLong("file_size"))
                .isEqualTo(Files.size(pipeline.bucket().file(key)));
        assertThat(av1.getString("codecs")).matches("av01\\.0\\.01M\\.08\\.0\\.110\\.01\\.01\\.01\\.0,mp4a\\.40\\.2");
        assertThat(outputs("late").getJsonArray("outputs").stream()
                        .map(JsonObject.class::cast)
                        .filter(output -> key.equals(output.getString("s3_key")))
                        .map(output -> output.getString("type") + " " + output.getString("codecs")))
                .containsExactly("stream_rendition " + av1.getString("codecs"));
        assertThat(checked("late").getJsonArray("variants"))
                .isEqualTo(JsonArray.of("video_360p.m3u8", "video_360pav1.m3u8"));
    }

    /** The same in the update, in the user table and in the API as in the playlist. */
    @Test
    void renditionsHaveTheAttributesOfThePlaylist() throws IOException {
        Matcher variant = VARIANT.matcher(Files.readString(playlists("usual").resolve("master.m3u8")));
        JsonArray update = pipeline.backend().awaitEnd("usual").getJsonArray("video_versions");
        JsonArray table = new JsonArray(pipeline.database()
                .value("SELECT \"videoVersions\" FROM \"VideoProcessingJob\" WHERE \"id\" = 'usual'"));
        JsonArray outputs = outputs("usual").getJsonArray("outputs");

        for (int i = 0; i < 2; i++) {
            assertThat(variant.find()).isTrue();
            for (JsonArray renditions : List.of(update, table, outputs)) {
                JsonObject rendition = renditions.getJsonObject(i);
                assertThat(rendition.getLong("bandwidth")).isEqualTo(Long.parseLong(variant.group(1)));
                assertThat(rendition.getLong("average_bandwidth")).isEqualTo(Long.parseLong(variant.group(2)));
                assertThat(rendition.getString("codecs")).isEqualTo(variant.group(3));
                assertThat(rendition.getDouble("frame_rate")).isEqualTo(Double.parseDouble(variant.group(4)));
            }
        }
    }

    @Test
    void posterAndStoryboardArePublished() throws IOException {
        JsonObject update = pipeline.backend().awaitEnd("usual");
        JsonObject poster = update.getJsonObject("poster");
        JsonObject storyboard = update.getJsonObject("storyboard");
        JsonObject sheet = storyboard.getJsonArray("sheets").getJsonObject(0);

        assertThat(poster.getString("s3_key")).isEqualTo("streams/media-usual/poster.jpg");
        assertThat(ImageIO.read(
                        pipeline.bucket().file(poster.getString("s3_key")).toFile()))
                .satisfies(image -> assertThat(image.getWidth()).isEqualTo(1280))
                .satisfies(image -> assertThat(image.getHeight()).isEqualTo(720));
        assertThat(Files.size(pipeline.bucket().file(sheet.getString("s3_key"))))
                .isEqualTo(sheet.getLong("file_size"));
        assertThat(Files.readString(pipeline.bucket().file(storyboard.getString("vtt_key"))))
                .startsWith("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nstoryboard-0.jpg#xywh=0,0,160,90\n")
                .contains("storyboard-0.jpg#xywh=480,90,160,90");
    }

    @Test
    void playlistsAreStrictlyValid() throws Exception {
        assertThat(checked("usual"))
                .isEqualTo(new JsonObject()
                        .put("variants", JsonArray.of("video_360p.m3u8", "video_720p.m3u8"))
                        .put("keyFrames", JsonArray.of("iframes_360p.m3u8", "iframes_720p.m3u8"))
                        .put("audio", JsonArray.of("audio.m3u8", "audio.m3u8"))
                        .put("subtitles", JsonArray.of("text_0.m3u8 en English", "text_0.m3u8 en English"))
                        .put("closedCaptions", JsonArray.of("CC1 CC1", "CC1 CC1"))
                        .put(
                                "segments",
                                JsonArray.of(
                                        JsonArray.of("audio.m3u8", 2),
                                        JsonArray.of("iframes_360p.m3u8", 7),
                                        JsonArray.of("iframes_720p.m3u8", 7),
                                        JsonArray.of("text_0.m3u8", 1),
                                        JsonArray.of("video_360p.m3u8", 3),
                                        JsonArray.of("video_720p.m3u8", 3))));
    }

    private static JsonObject checked(String job) throws Exception {
        return site.check(playlists(job));
    }

    @ParameterizedTest
    @ValueSource(strings = {"usual", "late"})
    void segmentsStartWithKeyFramesOfThePublishedFile(String job) throws Exception {
        try (Stream<Path> files = Files.list(playlists(job))) {
            for (Path playlist :
                    files.filter(file -> file.toString().endsWith(".m3u8")).toList()) {
                assertThat(PlaylistFile.read(playlist).error()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "native, videos/media-usual_720p.mp4",
        "hls, streams/media-usual/master.m3u8",
        "hls, streams/media-late/master.m3u8",
        "dash, streams/media-late/manifest.mpd",
    })
    void playsAndSeeks(String player, String key) {
        assertPlays(player, "/media/" + key);
    }

    /** The bucket is private: without the signature of its URL no object can be read. */
    @ParameterizedTest
    @CsvSource({"hls, hls_url", "shaka, dash_url"})
    void playsSignedStream(String player, String field) {
        assertPlays(player, signed(outputs("usual"), field));
    }

    /**
     * Two players, one of them with signed URLs, start with two segments of four, and wait for each of the others. AV1 is only in the
     * stream of the whole video.
     */
    @Test
    void playsVideoWhileItIsEncoded() throws Exception {
        pipeline.backend()
                .send(PipelineFixture.job("growing", "uploads/growing.mp4").put("profile", "av1"));
        BackendSimulator.awaitThat(() -> outputs("growing").containsKey("streams"));
        JsonObject outputs = outputs("growing");
        Path master = pipeline.bucket().file(outputs.getJsonObject("streams").getString("hls_key"));
        BackendSimulator.awaitThat(() -> segments(master) == 2);
        try (Browser browser = Browser.open()) {
            List<Page> pages = List.of(
                    growingPage(
                            browser,
                            "/media/" + outputs.getJsonObject("streams").getString("hls_key")),
                    growingPage(browser, signed(outputs, "hls_url")));
            for (int segment = 2; segment < 4; segment++) {
                int seconds = 2 * segment;
                pages.forEach(page -> page.evaluate("seconds => pauseAt(seconds)", seconds - 1));
                assertThat(segments(master)).isEqualTo(segment);
                Files.createFile(directory.resolve("open-" + (seconds - 1)));
                pages.forEach(page -> page.evaluate("seconds => grown(seconds)", seconds));
            }
            for (Page page : pages) {
                JsonObject result = JsonObject.mapFrom(page.evaluate("ended()"));

                assertThat(result.getJsonArray("errors")).as(result.encode()).isEmpty();
                assertThat(result.getJsonArray("versions"))
                        .as("ends of the playlist, and whether it grew on")
                        .isEqualTo(JsonArray.of("4 true", "6 true", "7 false"));
                assertThat(result.getDouble("position")).isBetween(6.9, 7.2);
            }
            assertThat(browser.errors()).isEmpty();
        }
        assertThat(Files.readString(master)).doesNotContain("av01");
        BackendSimulator.awaitThat(() -> Files.exists(playlists("growing").resolve("master.m3u8")));
        pipeline.awaitIdle();
        assertThat(checked("growing").getJsonArray("variants"))
                .isEqualTo(JsonArray.of("video_360p.m3u8", "video_360pav1.m3u8"));
        assertThat(PlaylistFile.read(playlists("growing").resolve("video_360pav1.m3u8"))
                        .error())
                .isEmpty();
    }

    private static Page growingPage(Browser browser, String url) {
        Page page = site.page(browser);
        page.evaluate("url => watch(url)", url);
        return page;
    }

    private static int segments(Path master) throws IOException {
        return PlaylistFile.read(master.resolveSibling("video_360p.m3u8"))
                .segments()
                .size();
    }

    private static JsonObject outputs(String job) {
        return new TestClient(pipeline.vertx(), apiPort)
                .get("/api/video-processing/jobs/" + job + "/outputs", TestTokens.of("user-1"))
                .json();
    }

    private static String signed(JsonObject outputs, String field) {
        return "http://127.0.0.1:" + apiPort + outputs.getJsonObject("streams").getString(field);
    }

    private static void assertPlays(String player, String url) {
        try (Browser browser = Browser.open()) {
            JsonObject result = PlayerSite.play(site.page(browser), player, url);

            assertThat(result.getJsonArray("errors")).as(result.encode()).isEmpty();
            assertThat(result.getDouble("duration")).isBetween(13.9, 14.2);
            if (url.contains("late/master")) {
                assertThat(result.getJsonArray("codecs")).contains("avc1", "av01");
            } else if (player.equals("hls")) {
                assertThat(result.getJsonArray("texts")).contains("Hello", "In the frames");
                assertThat(result.getJsonArray("sizes")).contains("640x360", "1280x720");
            }
            assertThat(browser.errors()).isEmpty();
        }
    }

    private static Path playlists(String job) {
        return pipeline.bucket().file("streams/media-" + job);
    }
}
