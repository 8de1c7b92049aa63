package dev.sluice.stage;

import dev.sluice.media.streaming.FileRange;
import dev.sluice.media.streaming.GrowingPlaylists;
import dev.sluice.media.streaming.StreamPiece;
import dev.sluice.media.text.CaptionChannel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a task has published of a stream that grows: one piece of each rendition, or the audio, possibly after its start. It is
 * part of the result of the task, or of the checkpoint of its attempt, so a piece counts only when one of the two is committed.
 *
 * @param targetSeconds target duration of the playlists
 * @param pieces smallest rendition first; empty if the segment has no frames
 */
public record TaskStream(long targetSeconds, List<Piece> pieces) {
    /** The field of a task result. */
    public static final String FIELD = "stream";
    /** The field of a checkpoint with the number of the first task whose audio is not published yet. */
    public static final String UNTIL = "until";

    private static final String AUDIO = "audio";
    private static final int NUMBERS = 4;
    private static final long NANOS_PER_MICRO = 1000;

    public TaskStream {
        pieces = List.copyOf(pieces);
    }

    /**
     * A piece of a rendition.
     *
     * @param maxBitrate of the encoder, bit/s; 0 for audio
     */
    public record Piece(String quality, int maxBitrate, StreamPiece piece) {}

    /** A piece of the audio. */
    public static Piece ofAudio(StreamPiece audio) {
        return new Piece(AUDIO, 0, audio);
    }

    public JsonObject toJson() {
        JsonArray array = new JsonArray();
        for (Piece each : pieces) {
            StreamPiece.Format format = each.piece().format();
            JsonArray segments = new JsonArray();
            for (StreamPiece.Segment segment : each.piece().segments()) {
                segments.add(segment.range().offset())
                        .add(segment.range().bytes())
                        .add(segment.start().toNanos() / NANOS_PER_MICRO)
                        .add(segment.duration().toNanos() / NANOS_PER_MICRO);
            }
            FileRange initialization = each.piece().initialization();
            array.add(new JsonObject()
                    .put("quality", each.quality())
                    .put("maxBitrate", each.maxBitrate())
                    .put("name", each.piece().name())
                    .put("codec", format.codec())
                    .put("width", format.width())
                    .put("height", format.height())
                    .put("samplesPerSecond", format.samplesPerSecond())
                    .put("digest", format.digest())
                    .put(
                            "captions",
                            new JsonArray(format.captions().stream()
                                    .map(CaptionChannel::name)
                                    .toList()))
                    .put("initialization", JsonArray.of(initialization.offset(), initialization.bytes()))
                    .put("segments", segments));
        }
        return new JsonObject().put("targetSeconds", targetSeconds).put("pieces", array);
    }

    /** What a checkpoint contains, if anything. */
    public static Optional<TaskStream> of(Optional<JsonObject> checkpoint) {
        return checkpoint.map(saved -> saved.getJsonObject(FIELD)).map(TaskStream::fromJson);
    }

    static TaskStream fromJson(JsonObject json) {
        List<Piece> pieces = new ArrayList<>();
        for (Object item : json.getJsonArray("pieces")) {
            JsonObject piece = (JsonObject) item;
            JsonArray numbers = piece.getJsonArray("segments");
            List<StreamPiece.Segment> segments = new ArrayList<>();
            for (int i = 0; i < numbers.size(); i += NUMBERS) {
                segments.add(new StreamPiece.Segment(
                        new FileRange(numbers.getLong(i), numbers.getLong(i + 1)),
                        Duration.ofNanos(numbers.getLong(i + 2) * NANOS_PER_MICRO),
                        Duration.ofNanos(numbers.getLong(i + 3) * NANOS_PER_MICRO)));
            }
            JsonArray initialization = piece.getJsonArray("initialization");
            pieces.add(new Piece(
                    piece.getString("quality"),
                    piece.getInteger("maxBitrate"),
                    new StreamPiece(
                            piece.getString("name"),
                            new StreamPiece.Format(
                                    piece.getString("codec"),
                                    piece.getInteger("width"),
                                    piece.getInteger("height"),
                                    piece.getDouble("samplesPerSecond"),
                                    piece.getString("digest"),
                                    captions(piece.getJsonArray("captions", new JsonArray()))),
                            new FileRange(initialization.getLong(0), initialization.getLong(1)),
                            segments)));
        }
        return new TaskStream(json.getLong("targetSeconds"), pieces);
    }

    private static List<CaptionChannel> captions(JsonArray names) {
        return Stream.of(CaptionChannel.values())
                .filter(channel -> names.contains(channel.name()))
                .toList();
    }

    /**
     * The playlists over the first tasks of a job; empty if none of them has a frame.
     *
     * @param tasks what the tasks have published, from the first one without gap; a task that could not publish ends the stream
     * @param all whether these are all tasks
     */
    public static Optional<GrowingPlaylists> playlists(List<Optional<JsonObject>> tasks, boolean all) {
        List<TaskStream> streams = tasks.stream()
                .takeWhile(Optional::isPresent)
                .map(task -> fromJson(task.orElseThrow()))
                .toList();
        List<Piece> pieces =
                streams.stream().flatMap(stream -> stream.pieces().stream()).toList();
        List<StreamPiece> audio = audio(pieces.stream()
                .filter(piece -> piece.quality().equals(AUDIO))
                .map(Piece::piece)
                .toList());
        List<GrowingPlaylists.Rendition> renditions = pieces.stream()
                .filter(piece -> !piece.quality().equals(AUDIO))
                .map(Piece::quality)
                .distinct()
                .map(quality -> rendition(pieces.stream()
                        .filter(piece -> piece.quality().equals(quality))
                        .toList()))
                .toList();
        return renditions.isEmpty()
                ? Optional.empty()
                : Optional.of(new GrowingPlaylists(
                        streams.get(0).targetSeconds(), renditions, audio, all && streams.size() == tasks.size()));
    }

    /** Segments that were published before the whole audio stay in the playlist. */
    private static List<StreamPiece> audio(List<StreamPiece> pieces) {
        return pieces.size() < 2
                ? pieces
                : Stream.concat(pieces.stream().limit(1), pieces.get(1).after(pieces.get(0)).stream())
                        .toList();
    }

    private static GrowingPlaylists.Rendition rendition(List<Piece> pieces) {
        Piece first = pieces.get(0);
        return new GrowingPlaylists.Rendition(
                first.quality(),
                first.maxBitrate(),
                pieces.stream().map(Piece::piece).toList());
    }
}
