package dev.sluice.media.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamDocumentTest {
    @ParameterizedTest
    @CsvSource({
        "master.m3u8, HLS",
        "text_0.m3u8, HLS",
        "manifest.mpd, DASH",
        "storyboard.vtt, STORYBOARD",
        "text_0.vtt, TEXT",
        "chapters.vtt, TEXT",
        "poster.jpg,",
        "preview.mp4,",
        "360p-0-1.mp4,",
    })
    void nameDecidesKind(String name, StreamDocument kind) {
        assertThat(StreamDocument.named(name)).isEqualTo(Optional.ofNullable(kind));
    }

    @Test
    void replacesLinesAndAttributesOfPlaylists() {
        String playlist = """
                #EXTM3U
                #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="x,URI=",URI="audio.m3u8"
                #EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="text",NAME="a",URI="text_0.m3u8",FORCED=NO
                #EXT-X-KEY:METHOD=AES-128,URI="https://evil.test/key",IV=0x1
                #EXT-X-MAP:URI="../v.mp4",BYTERANGE="700@100"\r
                # URI="comment"
                #EXTINF:6.000000,URI="title"
                #EXT-X-BYTERANGE:900000@700000

                ../v.mp4
                #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,CODECS="avc1,mp4a",URI="i.m3u8"
                last.mp4""";
        List<String> seen = new ArrayList<>();

        String replaced = replaced(StreamDocument.HLS, playlist, uri -> {
            seen.add(uri);
            return "<" + uri + ">";
        });

        assertThat(seen)
                .containsExactly(
                        "audio.m3u8",
                        "text_0.m3u8",
                        "https://evil.test/key",
                        "../v.mp4",
                        "../v.mp4",
                        "i.m3u8",
                        "last.mp4");
        assertThat(replaced).isEqualTo("""
                #EXTM3U
                #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="x,URI=",URI="<audio.m3u8>"
                #EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="text",NAME="a",URI="<text_0.m3u8>",FORCED=NO
                #EXT-X-KEY:METHOD=AES-128,URI="<https://evil.test/key>",IV=0x1
                #EXT-X-MAP:URI="<../v.mp4>",BYTERANGE="700@100"\r
                # URI="comment"
                #EXTINF:6.000000,URI="title"
                #EXT-X-BYTERANGE:900000@700000

                <../v.mp4>
                #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,CODECS="avc1,mp4a",URI="<i.m3u8>"
                <last.mp4>""");
    }

    @Test
    void replacesBaseUrlsOfManifests() {
        assertThat(replaced(
                        StreamDocument.DASH,
                        "<MPD mediaPresentationDuration=\"PT1S\"><BaseURL>../v.mp4</BaseURL>\n<SegmentURL media=\"s.mp4\" mediaRange=\"1-2\"/>",
                        uri -> "https://store/" + uri + "?a=1&b=2"))
                .isEqualTo(
                        "<MPD mediaPresentationDuration=\"PT1S\"><BaseURL>https://store/../v.mp4?a=1&amp;b=2</BaseURL>\n"
                                + "<SegmentURL media=\"https://store/s.mp4?a=1&amp;b=2\" mediaRange=\"1-2\"/>");
    }

    @Test
    void replacesSheetsOfStoryboards() {
        assertThat(replaced(
                        StreamDocument.STORYBOARD,
                        "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nstoryboard-0.jpg#xywh=0,0,160,90\n",
                        uri -> "https://store/" + uri + "?a=1"))
                .isEqualTo(
                        "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nhttps://store/storyboard-0.jpg?a=1#xywh=0,0,160,90\n");
    }

    @Test
    void leavesTextTracksUnchanged() {
        assertThat(replaced(StreamDocument.TEXT, "WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n", uri -> "x"))
                .isEqualTo("WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n");
    }

    private static String replaced(StreamDocument type, String text, UnaryOperator<String> replacement) {
        StringBuilder out = new StringBuilder();
        try {
            type.replaceUris(text, replacement, out);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toString();
    }
}
