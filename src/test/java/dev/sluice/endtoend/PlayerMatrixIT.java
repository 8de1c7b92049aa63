package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.sluice.ServicesExtension;
import dev.sluice.broker.ChildProcess;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.media.hybrid.HybridWriter;
import dev.sluice.media.streaming.DashManifest;
import dev.sluice.media.streaming.HlsPlaylists;
import dev.sluice.media.streaming.Playlist;
import dev.sluice.media.streaming.StreamRendition;
import dev.sluice.media.text.ClosedCaptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Prints a table of kinds of videos and players in a browser that play them. */
@Tag("long")
@ExtendWith(ServicesExtension.class)
@Timeout(1800)
class PlayerMatrixIT {
    private static final String VIDEO = "testsrc2=size=1280x720:rate=25:duration=12";
    private static final String AUDIO = "sine=sample_rate=48000:duration=12";
    private static final Duration COPY_LIMIT = Duration.ofMinutes(15);

    @TempDir
    private static Path directory;

    private static PipelineFixture pipeline;
    private static PlayerSite site;

    private static final Map<String, String> RESULTS = new ConcurrentHashMap<>();

    /** Videos of seconds go through the pipeline; of the others, the renditions are copies of a clip in a loop. */
    enum Kind {
        VARIABLE_RATE(
                12,
                "testsrc2=size=1280x720:rate=30:duration=12,select='not(mod(n,7))+not(mod(n,5))'",
                AUDIO,
                "-fps_mode",
                "vfr"),
        SIXTY_FRAMES(8, "testsrc2=size=1280x720:rate=60:duration=8", "sine=sample_rate=48000:duration=8"),
        ONE_GOP(1.5, "testsrc2=size=1280x720:rate=25:duration=1.48", "sine=sample_rate=48000:duration=1.48"),
        PORTRAIT(12, "testsrc2=size=720x1280:rate=25:duration=12", AUDIO),
        SILENT(12, VIDEO, AUDIO, "-an"),
        AUDIO_LATER(12, VIDEO, "sine=sample_rate=48000:duration=7", "-af", "asetpts=PTS+5/TB"),
        SURROUND(12, VIDEO, AUDIO, "-ac", "6"),
        TWELVE_HOURS(12 * 3600, "testsrc2=size=%s:rate=25:duration=20", "sine=sample_rate=48000:duration=20"),
        /** With filler to 30 Mbit/s in the largest rendition: segments must fit into the buffer of a browser, 150 MB. */
        OVER_4_GIB(1240, "testsrc2=size=%s:rate=25:duration=20", "sine=sample_rate=48000:duration=20");

        private final double seconds;
        private final String video;
        private final String audio;
        private final String[] options;

        Kind(double seconds, String video, String audio, String... options) {
            this.seconds = seconds;
            this.video = video;
            this.audio = audio;
            this.options = options;
        }

        boolean isSynthetic() {
            return video.contains("%s");
        }

        Path clip() {
            return FfmpegFixture.clip(directory.resolve(this + ".mp4"), video, audio, options);
        }

        Path playlists() {
            return pipeline.bucket().file("streams/media-" + this);
        }

        Path rendition(String quality) {
            return pipeline.bucket().file("videos/media-" + this + "_" + quality + ".mp4");
        }
    }

    enum Player {
        NATIVE_MP4("native", "videos/media-%s_720p.mp4"),
        HLS_JS("hls", "streams/media-%s/master.m3u8"),
        SHAKA_HLS("shaka", "streams/media-%s/master.m3u8"),
        SHAKA_DASH("shaka", "streams/media-%s/manifest.mpd"),
        DASH_JS("dash", "streams/media-%s/manifest.mpd");

        private final String name;
        private final String key;

        Player(String name, String key) {
            this.name = name;
            this.key = key;
        }
    }

    @BeforeAll
    static void publish(PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        site = PlayerSite.start(pipeline.vertx(), pipeline.bucket());
        pipeline.start(new JsonObject().put("media", PlayerSite.media()));
        List<Kind> encoded =
                Stream.of(Kind.values()).filter(kind -> !kind.isSynthetic()).toList();
        for (Kind kind : encoded) {
            pipeline.upload("uploads/" + kind, kind.clip());
            pipeline.backend().send(PipelineFixture.job(kind.toString(), "uploads/" + kind));
        }
        for (Kind kind : encoded) {
            assertThat(pipeline.backend().awaitEnd(kind.toString()).getString("status"))
                    .isEqualTo("completed");
        }
        synthesize(Kind.TWELVE_HOURS, List.of("160x90", "320x180"));
        synthesize(
                Kind.OVER_4_GIB,
                List.of("640x360", "1280x720"),
                "-b:v",
                "30M",
                "-maxrate",
                "30M",
                "-bufsize",
                "30M",
                "-x264-params",
                "nal-hrd=cbr");
        assertThat(Files.size(Kind.OVER_4_GIB.rendition("720p"))).isGreaterThan(1L << 32);
    }

    /**
     * Writes renditions and playlists as the pipeline does.
     *
     * @param sizes of the two renditions
     * @param largest options of the encoder for the second
     */
    private static void synthesize(Kind kind, List<String> sizes, String... largest) throws Exception {
        List<StreamRendition> renditions = new ArrayList<>();
        for (int i = 0; i < sizes.size(); i++) {
            String quality = List.of("360p", "720p").get(i);
            List<String> options =
                    new ArrayList<>(List.of("-force_key_frames", "expr:gte(t,n_forced*2)", "-g", "10000"));
            options.addAll(List.of("-sc_threshold", "0", "-flags", "+cgop", "-bf", "3", "-ac", "2"));
            options.addAll(i == 0 ? List.of() : List.of(largest));
            Path clip = FfmpegFixture.clip(
                    directory.resolve("clip.mp4"),
                    String.format(kind.video, sizes.get(i)),
                    kind.audio,
                    options.toArray(String[]::new));
            Path file = loop(clip, kind.seconds, kind.rendition(quality));
            renditions.add(new StreamRendition(
                    quality,
                    "../../videos/" + file.getFileName(),
                    HybridWriter.replace(file, Duration.ofSeconds(6), new CancellationToken())));
        }
        Files.createDirectories(kind.playlists());
        List<Playlist> playlists =
                new ArrayList<>(new HlsPlaylists(renditions, List.of(), ClosedCaptions.UNKNOWN).build());
        playlists.add(new DashManifest(renditions).build());
        for (Playlist playlist : playlists) {
            Files.writeString(kind.playlists().resolve(playlist.name()), playlist.text());
        }
    }

    private static Path loop(Path clip, double seconds, Path target) throws InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(FfmpegFixture.ffmpeg().ffmpeg().toString(), "-nostdin", "-loglevel", "error", "-y"));
        command.addAll(List.of("-stream_loop", "-1", "-i", clip.toString()));
        command.addAll(List.of("-t", Double.toString(seconds), "-c", "copy", target.toString()));
        ChildProcess copy = ChildProcess.start(command, Map.of(), directory.resolve("ffmpeg.txt"));
        assertThat(copy.awaitExit(COPY_LIMIT)).isTrue();
        assertThat(directory.resolve("ffmpeg.txt")).isEmptyFile();
        return target;
    }

    @AfterAll
    static void printTable() throws Exception {
        String players = Arrays.stream(Player.values()).map(Player::toString).collect(Collectors.joining(" | "));
        System.out.printf("| | %s |%n", players);
        for (Kind kind : Kind.values()) {
            System.out.printf(
                    "| %s | %s |%n",
                    kind,
                    Arrays.stream(Player.values())
                            .map(player -> RESULTS.getOrDefault(kind + " " + player, "fails"))
                            .collect(Collectors.joining(" | ")));
        }
        if (site != null) {
            site.close();
        }
    }

    static Stream<Arguments> kindsAndPlayers() {
        return Stream.of(Kind.values())
                .flatMap(kind -> Stream.of(Player.values()).map(player -> Arguments.of(kind, player)));
    }

    @ParameterizedTest
    @MethodSource("kindsAndPlayers")
    void playsSwitchesAndSeeks(Kind kind, Player player) {
        try (Browser browser = Browser.open()) {
            Page page = site.page(browser);

            JsonObject result = PlayerSite.play(page, player.name, "/media/" + String.format(player.key, kind));

            List<Object> errors =
                    result.getJsonArray("errors").stream().distinct().toList();
            assertThat(errors).as(result.encode()).isSubsetOf(expectedErrors(kind, player));
            assertThat(result.getDouble("duration")).isBetween(kind.seconds - 0.3, kind.seconds + 0.3);
            if (player != Player.NATIVE_MP4) {
                assertThat(result.getJsonArray("sizes")).hasSizeGreaterThanOrEqualTo(2);
            }
            if (player == Player.HLS_JS || player == Player.SHAKA_HLS) {
                assertThat(result.getInteger("keyFrameTracks")).isEqualTo(2);
            }
            if (player.name.equals("shaka") && !kind.isSynthetic()) {
                assertThat(page.evaluate("url => storyboardImage(url, 1)", storyboard(kind))
                                .toString())
                        .matches(".*/storyboard-0.jpg\\S* \\d+x\\d+");
            }
            assertThat(browser.errors()).isEmpty();
            RESULTS.put(kind + " " + player, errors.isEmpty() ? "plays" : "plays, reports " + errors);
        }
    }

    /**
     * hls.js loads up to ten minutes of a video of few bytes. Their audio exceeds the buffer of Chromium for audio, 12 MB; hls.js
     * reports that, and continues with less. It does so with playlists that FFmpeg writes, too.
     */
    private static List<Object> expectedErrors(Kind kind, Player player) {
        return kind == Kind.TWELVE_HOURS && player == Player.HLS_JS
                ? List.of("mediaError bufferFullError ")
                : List.of();
    }

    private static String storyboard(Kind kind) {
        return site.origin() + "/media/streams/media-" + kind + "/storyboard.vtt";
    }

    @ParameterizedTest
    @EnumSource
    void playlistsAreStrictlyValid(Kind kind) throws Exception {
        JsonObject checked = site.check(kind.playlists());

        assertThat(checked.getJsonArray("variants")).isEqualTo(JsonArray.of("video_360p.m3u8", "video_720p.m3u8"));
        assertThat(checked.getJsonArray("keyFrames")).isEqualTo(JsonArray.of("iframes_360p.m3u8", "iframes_720p.m3u8"));
        for (Object segments : checked.getJsonArray("segments")) {
            Path playlist = kind.playlists().resolve(((JsonArray) segments).getString(0));
            assertThat(PlaylistFile.read(playlist).error()).isEmpty();
        }
    }
}
