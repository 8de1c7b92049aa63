package dev.sluice.ffmpeg.probe;

import dev.sluice.media.DecimalSeconds;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Reads what ffprobe says of a file. Pure. */
public final class FfprobeOutput {
    private final JsonObject format;
    private final List<FfprobeStream> streams;

    private FfprobeOutput(JsonObject format, List<FfprobeStream> streams) {
        this.format = format;
        this.streams = streams;
    }

    /** @throws io.vertx.core.json.DecodeException if the text is not ffprobe's JSON */
    public static FfprobeOutput of(String json) {
        JsonObject report = new JsonObject(json);
        JsonArray streams = report.getJsonArray("streams", new JsonArray());
        return new FfprobeOutput(
                report.getJsonObject("format", new JsonObject()),
                IntStream.range(0, streams.size())
                        .mapToObj(streams::getJsonObject)
                        .map(FfprobeStream::new)
                        .toList());
    }

    List<FfprobeStream> streams() {
        return streams;
    }

    List<FfprobeStream> videoStreams() {
        return streams.stream().filter(FfprobeStream::isVideo).toList();
    }

    /** Pictures that move: no cover art, no still pictures in a track of their own. */
    List<FfprobeStream> movingVideoStreams() {
        return videoStreams().stream().filter(stream -> !stream.isStill()).toList();
    }

    List<FfprobeStream> audioStreams() {
        return streams.stream().filter(FfprobeStream::isAudio).toList();
    }

    /** The first stream with the default mark, else the first. */
    static Optional<FfprobeStream> preferred(List<FfprobeStream> streams) {
        return streams.stream()
                .filter(FfprobeStream::isDefault)
                .findFirst()
                .or(() -> streams.stream().findFirst());
    }

    /** When a stream begins, counted from the first of all. */
    Optional<Duration> startTime(FfprobeStream stream) {
        return stream.start()
                .flatMap(start ->
                        DecimalSeconds.parse(format.getString("start_time")).map(start::minus));
    }

    /** What the container's header says about its length. */
    Optional<Duration> duration() {
        return DecimalSeconds.parse(format.getString("duration"));
    }
}
