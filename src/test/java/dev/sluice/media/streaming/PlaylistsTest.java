package dev.sluice.media.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.TextTrack;
import dev.sluice.job.VariantAttributes;
import dev.sluice.media.text.CaptionChannel;
import dev.sluice.media.text.ClosedCaptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Complete texts of playlists. */
class PlaylistsTest {
    private static final List<StreamSegment> SEGMENTS = List.of(
            segment(1000, 600_000, 0, 540_000, 150),
            segment(700_000, 900_000, 540_000, 540_000, 150),
            segment(1_700_000, 90_000, 1_080_000, 90_000, 25));
    private static final FragmentedStream VIDEO = new FragmentedStream(
            "avc1.64001f",
            90_000,
            1280,
            720,
            new FileRange(100, 700),
            SEGMENTS,
            List.of(segment(1000, 45_000, 0, 180_000, 1), segment(300_000, 90_000, 180_000, 990_000, 1)));
    private static final FragmentedStream AUDIO = new FragmentedStream(
            "mp4a.40.2",
            48_000,
            0,
            0,
            new FileRange(808, 600),
            List.of(segment(601_000, 96_000, 0, 288_000, 281), segment(1_600_000, 96_000, 288_000, 336_000, 328)),
            List.of());
    private static final StreamRendition RENDITION = new StreamRendition(
            "720p", "../../videos/42_720p.mp4", new StreamFile(2_000_000, VIDEO, Optional.of(AUDIO)));

    private static StreamSegment segment(long offset, long bytes, long start, long duration, int samples) {
        return new StreamSegment(new FileRange(offset, bytes), start, duration, samples);
    }

    /** The peak of the video is the second segment, of 6 s: 1.2 Mbit/s; that of the audio 128 kbit/s, its first segment. */
    @Test
    void statesBandwidthsOfTheSpecification() {
        HlsPlaylists playlists = new HlsPlaylists(List.of(RENDITION), List.of(), ClosedCaptions.UNKNOWN);

        assertThat(playlists.variants())
                .containsExactly(
                        Map.entry("720p", new VariantAttributes(1_328_000, 1_096_616, "avc1.64001f,mp4a.40.2", 25)));
        assertThat(playlists.build().get(0).text()).isEqualTo("""
                        #EXTM3U
                        #EXT-X-VERSION:7
                        #EXT-X-INDEPENDENT-SEGMENTS
                        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="audio",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="audio.m3u8"
                        #EXT-X-STREAM-INF:BANDWIDTH=1328000,AVERAGE-BANDWIDTH=1096616,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=25.000,AUDIO="audio"
                        video_720p.m3u8
                        #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=83077,AVERAGE-BANDWIDTH=83077,CODECS="avc1.64001f",RESOLUTION=1280x720,URI="iframes_720p.m3u8"
                        """);
    }

    @Test
    void namesRangesOfTheRendition() {
        List<Playlist> playlists = new HlsPlaylists(List.of(RENDITION), List.of(), ClosedCaptions.UNKNOWN).build();

        assertThat(playlists)
                .extracting(Playlist::name)
                .containsExactly("master.m3u8", "audio.m3u8", "video_720p.m3u8", "iframes_720p.m3u8");
        assertThat(playlists.get(2).text()).isEqualTo("""
                        #EXTM3U
                        #EXT-X-VERSION:7
                        #EXT-X-TARGETDURATION:7
                        #EXT-X-PLAYLIST-TYPE:VOD
                        #EXT-X-INDEPENDENT-SEGMENTS
                        #EXT-X-MAP:URI="../../videos/42_720p.mp4",BYTERANGE="700@100"
                        #EXTINF:6.000000,
                        #EXT-X-BYTERANGE:600000@1000
                        ../../videos/42_720p.mp4
                        #EXTINF:6.000000,
                        #EXT-X-BYTERANGE:900000@700000
                        ../../videos/42_720p.mp4
                        #EXTINF:1.000000,
                        #EXT-X-BYTERANGE:90000@1700000
                        ../../videos/42_720p.mp4
                        #EXT-X-ENDLIST
                        """);
        assertThat(playlists.get(3).text())
                .contains("#EXT-X-TARGETDURATION:11\n", "#EXT-X-I-FRAMES-ONLY\n", "#EXTINF:2.000000,\n");
    }

    @Test
    void listsSubtitlesWithDifferentNamesAndOneDefault() {
        List<Playlist> playlists = new HlsPlaylists(
                        List.of(RENDITION),
                        List.of(
                                text(0, TextTrack.Kind.SUBTITLES, Optional.of("en"), "\"English\""),
                                text(1, TextTrack.Kind.CAPTIONS, Optional.empty(), "\"English\"")),
                        ClosedCaptions.UNKNOWN)
                .build();

        assertThat(playlists.get(0).text()).contains("""
                        #EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="text",NAME="'English'",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,FORCED=NO,URI="text_0.m3u8"
                        #EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="text",NAME="'English' (2)",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound",URI="text_1.m3u8"
                        """, ",AUDIO=\"audio\",SUBTITLES=\"text\"\nvideo_720p.m3u8\n");
        assertThat(playlists.get(5)).isEqualTo(new Playlist("text_1.m3u8", Playlist.HLS_TYPE, """
                        #EXTM3U
                        #EXT-X-VERSION:7
                        #EXT-X-TARGETDURATION:13
                        #EXT-X-PLAYLIST-TYPE:VOD
                        #EXTINF:13.000000,
                        text_1.vtt
                        #EXT-X-ENDLIST
                        """));
    }

    private static StreamText text(int number, TextTrack.Kind kind, Optional<String> language, String label) {
        return new StreamText(new TextTrack(kind, language, label, true, false), "text_" + number + ".vtt");
    }

    @Test
    void announcesClosedCaptions() {
        assertThat(multivariant(new ClosedCaptions(List.of(CaptionChannel.CC1, CaptionChannel.CC3), false)))
                .contains("""
                        #EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="CC1",DEFAULT=NO,AUTOSELECT=YES,INSTREAM-ID="CC1"
                        #EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="CC3",DEFAULT=NO,AUTOSELECT=YES,INSTREAM-ID="CC3"
                        """, ",AUDIO=\"audio\",CLOSED-CAPTIONS=\"cc\"\nvideo_720p.m3u8\n");
    }

    @Test
    void statesThatThereAreNoClosedCaptions() {
        assertThat(multivariant(new ClosedCaptions(List.of(), false)))
                .contains(",CLOSED-CAPTIONS=NONE\nvideo_720p.m3u8\n")
                .doesNotContain("TYPE=CLOSED-CAPTIONS");
        assertThat(multivariant(new ClosedCaptions(List.of(), true))).doesNotContain("CLOSED-CAPTIONS");
    }

    private static String multivariant(ClosedCaptions captions) {
        return new HlsPlaylists(List.of(RENDITION), List.of(), captions)
                .build()
                .get(0)
                .text();
    }

    /** A group of its own in the manifest, the same audio, and no closed captions. */
    @Test
    void announcesAv1BesideH264() {
        FragmentedStream av1 = new FragmentedStream(
                "av01.0.05M.08", 90_000, 1280, 720, VIDEO.initialization(), SEGMENTS, VIDEO.keyFrames());
        List<StreamRendition> renditions = List.of(
                RENDITION,
                new StreamRendition("720pav1", "av1.mp4", new StreamFile(2_000_000, av1, Optional.of(AUDIO))));

        assertThat(new HlsPlaylists(renditions, List.of(), new ClosedCaptions(List.of(CaptionChannel.CC1), false))
                        .build()
                        .get(0)
                        .text())
                .contains(
                        "CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=1280x720,FRAME-RATE=25.000,AUDIO=\"audio\","
                                + "CLOSED-CAPTIONS=\"cc\"\nvideo_720p.m3u8\n",
                        "CODECS=\"av01.0.05M.08,mp4a.40.2\",RESOLUTION=1280x720,FRAME-RATE=25.000,AUDIO=\"audio\"\n"
                                + "video_720pav1.m3u8\n");
        assertThat(new DashManifest(renditions).build().text().split("<AdaptationSet "))
                .hasSize(4)
                .satisfies(sets -> assertThat(sets[1]).contains("id=\"720p\"").doesNotContain("av01"))
                .satisfies(sets -> assertThat(sets[2])
                        .contains("id=\"720pav1\"", "codecs=\"av01.0.05M.08\"")
                        .doesNotContain("avc1"));
    }

    @Test
    void omitsAudioThatIsNotThere() {
        StreamRendition silent =
                new StreamRendition("720p", "720p.mp4", new StreamFile(2_000_000, VIDEO, Optional.empty()));

        assertThat(new HlsPlaylists(List.of(silent), List.of(), ClosedCaptions.UNKNOWN).build())
                .hasSize(3)
                .noneMatch(playlist ->
                        playlist.text().contains("AUDIO") || playlist.text().contains("mp4a"));
        assertThat(new DashManifest(List.of(silent)).build().text()).doesNotContain("audio");
    }

    @Test
    void listsSegmentsInTheManifest() {
        assertThat(new DashManifest(List.of(RENDITION)).build().text())
                .contains("mediaPresentationDuration=\"PT13.000S\"")
                .contains("frameRate=\"25000/1000\"")
                .contains("<Initialization range=\"100-799\"/>")
                .contains("<S t=\"1080000\" d=\"90000\"/>")
                .contains("<SegmentURL mediaRange=\"1700000-1789999\"/>");
    }
}
