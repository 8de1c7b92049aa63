package dev.sluice.ffmpeg.probe;

import dev.sluice.media.AudioStream;
import dev.sluice.media.ColorInfo;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.Dimensions;
import dev.sluice.media.VideoStream;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Parsed output of ffprobe for one stream. Pure. */
final class FfprobeStream {
    private static final double MAX_FRAME_RATE = 300;

    /** Sample entries of MP4: Common Encryption, and those of FairPlay. */
    private static final Set<String> ENCRYPTED_ENTRIES = Set.of("encv", "enca", "drmi", "drms", "drmt");

    private final JsonObject stream;

    FfprobeStream(JsonObject stream) {
        this.stream = stream;
    }

    int index() {
        return stream.getInteger("index", 0);
    }

    String codec() {
        return stream.getString("codec_name", "unknown");
    }

    boolean isVideo() {
        return "video".equals(stream.getString("codec_type"));
    }

    boolean isAudio() {
        return "audio".equals(stream.getString("codec_type"));
    }

    boolean isDefault() {
        return has("default");
    }

    /** Whether it is cover art or another still image. */
    boolean isStill() {
        return has("attached_pic") || has("timed_thumbnails") || has("still_image");
    }

    /** Whether it is encrypted: by its sample entry, or because it has encryption metadata. */
    boolean isEncrypted() {
        String tag = stream.getString("codec_tag_string", "");
        return ENCRYPTED_ENTRIES.contains(tag)
                || sideData()
                        .anyMatch(data -> data.getString("side_data_type", "").startsWith("Encryption"));
    }

    private boolean has(String disposition) {
        return stream.getJsonObject("disposition", new JsonObject()).getInteger(disposition, 0) == 1;
    }

    Dimensions size() {
        return new Dimensions(stream.getInteger("width", 0), stream.getInteger("height", 0));
    }

    Optional<Duration> duration() {
        return DecimalSeconds.parse(stream.getString("duration"));
    }

    Optional<Duration> start() {
        return DecimalSeconds.parse(stream.getString("start_time"));
    }

    VideoStream video() {
        return new VideoStream(
                index(),
                codec(),
                size(),
                pixelAspect(),
                rotation(),
                frameRate(),
                new ColorInfo(
                        known("color_transfer"), known("color_primaries"), known("color_space"), known("color_range")),
                stream.getString("field_order", "unknown"));
    }

    AudioStream audio() {
        return new AudioStream(index());
    }

    private double pixelAspect() {
        double aspect = quotient(stream.getString("sample_aspect_ratio", "1:1"), ":");
        return aspect > 0 ? aspect : 1;
    }

    /** The average rate; the base rate if the average is implausible (some containers count in time base units), else 0. */
    private double frameRate() {
        return Stream.of("avg_frame_rate", "r_frame_rate")
                .mapToDouble(key -> quotient(stream.getString(key, "0/0"), "/"))
                .filter(rate -> rate > 0 && rate <= MAX_FRAME_RATE)
                .findFirst()
                .orElse(0);
    }

    private static double quotient(String text, String separator) {
        String[] parts = text.split(separator, 2);
        double divisor = parts.length == 2 ? Double.parseDouble(parts[1]) : 1;
        return divisor == 0 ? 0 : Double.parseDouble(parts[0]) / divisor;
    }

    private Optional<String> known(String key) {
        return Optional.ofNullable(stream.getString(key)).filter(value -> !value.equals("unknown"));
    }

    private int rotation() {
        return sideData()
                .filter(data -> "Display Matrix".equals(data.getString("side_data_type")))
                .findFirst()
                .map(data -> Math.floorMod(-Math.round(data.getDouble("rotation", 0.0)), 360))
                .orElse(0);
    }

    private Stream<JsonObject> sideData() {
        JsonArray list = stream.getJsonArray("side_data_list", new JsonArray());
        return IntStream.range(0, list.size()).mapToObj(list::getJsonObject);
    }
}
