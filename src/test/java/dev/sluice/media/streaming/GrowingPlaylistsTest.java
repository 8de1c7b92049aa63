package dev.sluice.media.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.media.text.CaptionChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Playlists over the pieces of a video that is being encoded. */
class GrowingPlaylistsTest {
    private static final StreamPiece FIRST = piece("360p-0-10001.mp4", "a", 0, 6, 4);
    private static final StreamPiece SECOND = piece("360p-1-10002.mp4", "a", 10, 6, 3.5);
    private static final StreamPiece AUDIO = new StreamPiece(
            "audio-10001.mp4",
            new StreamPiece.Format("mp4a.40.2", 0, 0, 46.875, "s", List.of()),
            new FileRange(0, 600),
            segments(0, 6, 6, 6, 2));

    private static StreamPiece piece(String name, String digest, double start, double... seconds) {
        return piece(name, digest, List.of(), start, seconds);
    }

    private static StreamPiece piece(
            String name, String digest, List<CaptionChannel> captions, double start, double... seconds) {
        return new StreamPiece(
                name,
                new StreamPiece.Format("avc1.64001e", 640, 360, 25, digest, captions),
                new FileRange(1000, 700),
                segments(start, seconds));
    }

    private static List<StreamPiece.Segment> segments(double start, double... seconds) {
        List<StreamPiece.Segment> segments = new ArrayList<>();
        double from = start;
        for (double length : seconds) {
            segments.add(new StreamPiece.Segment(
                    new FileRange(2000 + 100_000L * segments.size(), 100_000), seconds(from), seconds(length)));
            from += length;
        }
        return segments;
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.round(1000 * seconds));
    }

    private static GrowingPlaylists playlists(boolean complete, List<StreamPiece> audio, StreamPiece... pieces) {
        return new GrowingPlaylists(
                6, List.of(new GrowingPlaylists.Rendition("360p", 800_000, List.of(pieces))), audio, complete);
    }

    private static String video(boolean complete, StreamPiece... pieces) {
        return playlists(complete, List.of(), pieces).media().get(0).text();
    }

    @Test
    void namesSegmentsOfPieces() {
        assertThat(video(false, FIRST)).isEqualTo("""
                #EXTM3U
                #EXT-X-VERSION:7
                #EXT-X-TARGETDURATION:6
                #EXT-X-PLAYLIST-TYPE:EVENT
                #EXT-X-INDEPENDENT-SEGMENTS
                #EXT-X-START:TIME-OFFSET=0
                #EXT-X-MAP:URI="360p-0-10001.mp4",BYTERANGE="700@1000"
                #EXTINF:6.000000,
                #EXT-X-BYTERANGE:100000@2000
                360p-0-10001.mp4
                #EXTINF:4.000000,
                #EXT-X-BYTERANGE:100000@102000
                360p-0-10001.mp4
                """);
    }

    @Test
    void onlyAppends() {
        assertThat(video(false, FIRST, SECOND)).startsWith(video(false, FIRST)).doesNotContain("ENDLIST");
        assertThat(video(true, FIRST, SECOND)).isEqualTo(video(false, FIRST, SECOND) + "#EXT-X-ENDLIST\n");
    }

    @Test
    void namesOneInitializationSegmentIfAllAreEqual() {
        assertThat(video(false, FIRST, SECOND)).containsOnlyOnce("#EXT-X-MAP").doesNotContain("DISCONTINUITY");
    }

    @Test
    void namesInitializationSegmentBeforePieceWhoseOwnDiffers() {
        String text = video(false, FIRST, piece("360p-1-10002.mp4", "b", 10, 6), piece("360p-2-10001.mp4", "b", 16, 6));

        assertThat(text.split("#EXT-X-MAP")).hasSize(3);
        assertThat(text).contains("#EXT-X-MAP:URI=\"360p-1-10002.mp4\",BYTERANGE=\"700@1000\"\n#EXTINF");
    }

    /** The target duration must not change. */
    @Test
    void endsBeforeSegmentThatIsLongerThanTarget() {
        StreamPiece pause = piece("360p-1-10002.mp4", "a", 10, 6, 6.5, 6);

        assertThat(video(true, FIRST, pause, SECOND))
                .isEqualTo(video(false, FIRST, piece("360p-1-10002.mp4", "a", 10, 6)));
        assertThat(playlists(false, List.of(), piece("x", "a", 0, 6.5)).isWatchable())
                .isFalse();
        assertThat(playlists(false, List.of(), piece("x", "a", 0, 6.4)).isWatchable())
                .isTrue();
    }

    /** Players take a stream with one complete playlist for complete. */
    @Test
    void audioGrowsWithVideo() {
        assertThat(audioSegments(playlists(false, List.of(AUDIO), FIRST))).isEqualTo(2);
        assertThat(audioSegments(playlists(false, List.of(AUDIO), FIRST, SECOND)))
                .isEqualTo(4);
        GrowingPlaylists complete = playlists(true, List.of(AUDIO), FIRST);
        assertThat(audioSegments(complete)).isEqualTo(4);
        assertThat(complete.media()).allMatch(playlist -> playlist.text().endsWith("#EXT-X-ENDLIST\n"));
    }

    private static long audioSegments(GrowingPlaylists playlists) {
        Playlist audio = playlists.media().get(0);
        assertThat(audio.name()).isEqualTo("audio.m3u8");
        return audio.text().lines().filter(line -> line.startsWith("#EXTINF")).count();
    }

    /** BANDWIDTH: 1.02 times 800 kbit/s and a buffer of 2 s in 3 s, and the audio. */
    @Test
    void multivariantPlaylistDoesNotDependOnGrowth() {
        assertThat(playlists(false, List.of(AUDIO), FIRST).multivariant().text())
                .isEqualTo("""
                #EXTM3U
                #EXT-X-VERSION:7
                #EXT-X-INDEPENDENT-SEGMENTS
                #EXT-X-START:TIME-OFFSET=0
                #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="audio",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="audio.m3u8"
                #EXT-X-STREAM-INF:BANDWIDTH=1493334,CODECS="avc1.64001e,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=25.000,AUDIO="audio"
                video_360p.m3u8
                """);
        assertThat(playlists(true, List.of(AUDIO), FIRST, SECOND).multivariant())
                .isEqualTo(playlists(false, List.of(AUDIO), FIRST).multivariant());
    }

    /** Those of later segments are not known when it is written. */
    @Test
    void announcesClosedCaptionsOfTheFirstPiece() {
        StreamPiece captioned = piece("360p-0-10001.mp4", "a", List.of(CaptionChannel.CC1), 0, 6);

        assertThat(playlists(false, List.of(), captioned, SECOND).multivariant().text())
                .contains(
                        "#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"cc\",NAME=\"CC1\",",
                        ",CLOSED-CAPTIONS=\"cc\"\nvideo_360p.m3u8\n");
    }

    @Test
    void pieceLastsUntilNextOneStarts() {
        FragmentedStream stream = new FragmentedStream(
                "avc1.64001e",
                1000,
                640,
                360,
                new FileRange(0, 700),
                IntStream.range(0, 2)
                        .mapToObj(
                                i -> new StreamSegment(new FileRange(i, 1), 6000L * i + 80, i == 0 ? 6000 : 3960, 150))
                        .toList(),
                List.of());

        assertThat(StreamPiece.of("x", stream, "a", List.of(), Optional.of(Duration.ofMillis(10_080)))
                        .segments())
                .extracting(StreamPiece.Segment::duration)
                .containsExactly(Duration.ofSeconds(6), Duration.ofSeconds(4));
        assertThat(StreamPiece.of("x", stream, "a", List.of(), Optional.empty()).segments())
                .extracting(StreamPiece.Segment::duration)
                .containsExactly(Duration.ofSeconds(6), Duration.ofMillis(3960));
    }
}
