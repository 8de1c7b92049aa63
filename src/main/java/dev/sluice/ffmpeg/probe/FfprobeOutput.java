package dev.sluice.ffmpeg.probe;

import dev.sluice.media.DecimalSeconds;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Parsed output of ffprobe for a file. Pure. */
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

    /** Video streams without cover art and still images. */
    List<FfprobeStream> movingVideoStreams() {
        return videoStreams().stream().filter(stream -> !stream.isStill()).toList();
    }

    List<FfprobeStream> audioStreams() {
        return streams.stream().filter(FfprobeStream::isAudio).toList();
    }

    /** The first stream marked as default, else the first. */
    static Optional<FfprobeStream> preferred(List<FfprobeStream> streams) {
        return streams.stream()
                .filter(FfprobeStream::isDefault)
                .findFirst()
                .or(() -> streams.stream().findFirst());
    }

    /** Start time of a stream, relative to the start of the file. */
    Optional<Duration> startTime(FfprobeStream stream) {
        return stream.start()
                .flatMap(start ->
                        DecimalSeconds.parse(format.getString("start_time")).map(start::minus));
    }

    /** Duration stated by the container's header. */
    Optional<Duration> duration() {
        return DecimalSeconds.parse(format.getString("duration"));
    }
}
