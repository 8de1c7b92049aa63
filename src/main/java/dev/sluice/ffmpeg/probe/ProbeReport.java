package dev.sluice.ffmpeg.probe;

import dev.sluice.media.Seconds;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Reads what ffprobe says of a file. Pure. */
public final class ProbeReport {
    private final JsonObject format;
    private final List<StreamReport> streams;

    private ProbeReport(JsonObject format, List<StreamReport> streams) {
        this.format = format;
        this.streams = streams;
    }

    /** @throws io.vertx.core.json.DecodeException if the text is not ffprobe's JSON */
    public static ProbeReport of(String json) {
        JsonObject report = new JsonObject(json);
        JsonArray streams = report.getJsonArray("streams", new JsonArray());
        return new ProbeReport(
                report.getJsonObject("format", new JsonObject()),
                IntStream.range(0, streams.size())
                        .mapToObj(streams::getJsonObject)
                        .map(StreamReport::new)
                        .toList());
    }

    String container() {
        return format.getString("format_name", "unknown");
    }

    List<StreamReport> streams() {
        return streams;
    }

    List<StreamReport> videoStreams() {
        return streams.stream().filter(StreamReport::isVideo).toList();
    }

    /** Pictures that move: no cover art, no still pictures in a track of their own. */
    List<StreamReport> films() {
        return videoStreams().stream().filter(stream -> !stream.isStill()).toList();
    }

    List<StreamReport> audioStreams() {
        return streams.stream().filter(StreamReport::isAudio).toList();
    }

    /** The first stream with the default mark, else the first. */
    static Optional<StreamReport> preferred(List<StreamReport> streams) {
        return streams.stream()
                .filter(StreamReport::isDefault)
                .findFirst()
                .or(() -> streams.stream().findFirst());
    }

    /** When a stream begins, counted from the first of all. */
    Optional<Duration> begin(StreamReport stream) {
        return stream.start()
                .flatMap(start -> Seconds.parse(format.getString("start_time")).map(start::minus));
    }

    /** What the container's header says about its length. */
    Optional<Duration> duration() {
        return Seconds.parse(format.getString("duration"));
    }
}
