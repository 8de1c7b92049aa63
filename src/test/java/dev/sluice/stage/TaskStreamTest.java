package dev.sluice.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.media.streaming.FileRange;
import dev.sluice.media.streaming.StreamPiece;
import dev.sluice.media.text.CaptionChannel;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What tasks have published, as task results keep it. */
class TaskStreamTest {
    private static final TaskStream AUDIO = new TaskStream(6, List.of(TaskStream.ofAudio(piece("audio-1.mp4", 0, 18))));
    private static final TaskStream EMPTY = new TaskStream(6, List.of());

    private static TaskStream segment(int number) {
        return new TaskStream(
                6,
                List.of(
                        new TaskStream.Piece("360p", 800_000, piece("360p-" + number + "-7.mp4", number * 6, 6)),
                        new TaskStream.Piece("720p", 2_500_000, piece("720p-" + number + "-7.mp4", number * 6, 6))));
    }

    private static StreamPiece piece(String name, int start, int seconds) {
        return new StreamPiece(
                name,
                new StreamPiece.Format("avc1.64001e", 640, 360, 29.97, "0a", List.of(CaptionChannel.CC3)),
                new FileRange(1000, 700),
                List.of(new StreamPiece.Segment(
                        new FileRange(5_000_000_000L, 100_000),
                        Duration.ofSeconds(start),
                        Duration.ofSeconds(Math.min(6, seconds)))));
    }

    private static Optional<JsonObject> stored(TaskStream stream) {
        return Optional.of(new JsonObject(stream.toJson().encode()));
    }

    @Test
    void keepsAllValues() {
        assertThat(TaskStream.fromJson(stored(segment(3)).orElseThrow())).isEqualTo(segment(3));
    }

    @Test
    void hasRenditionsInTheirOrder() {
        assertThat(TaskStream.playlists(List.of(stored(AUDIO), stored(segment(0))), false)
                        .orElseThrow()
                        .media())
                .extracting(playlist -> playlist.name())
                .containsExactly("audio.m3u8", "video_360p.m3u8", "video_720p.m3u8");
    }

    @Test
    void isNotPlayableWithoutFrames() {
        assertThat(TaskStream.playlists(List.of(stored(AUDIO), stored(EMPTY)), true))
                .isEmpty();
    }

    /** Segments of a playlist must not change when the whole audio exists. */
    @Test
    void keepsStartOfAudioThatWasPublishedFirst() {
        TaskStream.Piece head = TaskStream.ofAudio(piece("audio-head-1.mp4", 0, 6));
        StreamPiece whole = new StreamPiece(
                "audio-1.mp4",
                head.piece().format(),
                head.piece().initialization(),
                List.of(
                        new StreamPiece.Segment(new FileRange(1700, 9), Duration.ZERO, Duration.ofSeconds(6)),
                        new StreamPiece.Segment(new FileRange(1709, 9), Duration.ofSeconds(6), Duration.ofSeconds(6))));

        String before = audio(new TaskStream(6, List.of(head)), segment(0));
        String after = audio(new TaskStream(6, List.of(head, TaskStream.ofAudio(whole))), segment(0), segment(1));

        assertThat(before).contains("audio-head-1.mp4");
        assertThat(after).startsWith(before);
        assertThat(after.substring(before.length())).isEqualTo("""
                #EXTINF:6.000000,
                #EXT-X-BYTERANGE:9@1709
                audio-1.mp4
                """);
    }

    private static String audio(TaskStream... tasks) {
        return TaskStream.playlists(Stream.of(tasks).map(TaskStreamTest::stored).toList(), false)
                .orElseThrow()
                .media()
                .get(0)
                .text();
    }

    /** Tasks of workers of an earlier version publish nothing. */
    @Test
    void endsBeforeTaskThatPublishedNothing() {
        String text = TaskStream.playlists(
                        List.of(stored(segment(0)), stored(EMPTY), Optional.empty(), stored(segment(2))), true)
                .orElseThrow()
                .media()
                .get(0)
                .text();

        assertThat(text).contains("360p-0-7.mp4").doesNotContain("360p-2-7.mp4", "ENDLIST");
    }
}
