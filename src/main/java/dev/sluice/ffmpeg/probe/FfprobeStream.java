package dev.sluice.ffmpeg.probe;

import dev.sluice.media.AudioStream;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.Dimensions;
import dev.sluice.media.VideoStream;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Reads what ffprobe says of one stream. Pure. */
final class FfprobeStream {
    private static final double HIGHEST_FRAME_RATE = 300;
    private static final Pattern DEPTH = Pattern.compile("p(\\d{1,2})[lb]e$");
    /** One line of ffprobe's dump of a display matrix: the address, then three numbers. */
    private static final Pattern MATRIX_ROW = Pattern.compile("[0-9a-f]{8}:\\s+(-?\\d+)\\s+(-?\\d+)\\s+-?\\d+");

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

    String tag() {
        return stream.getString("codec_tag_string", "");
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

    /** Cover art and the like. */
    boolean isStill() {
        return has("attached_pic") || has("timed_thumbnails") || has("still_image");
    }

    /** Encrypted with a key that we don't have: the sample entry says so, or what describes the keys is there. */
    boolean isEncrypted() {
        return tag().equals("encv")
                || tag().equals("enca")
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
        String pixelFormat = stream.getString("pix_fmt", "unknown");
        return new VideoStream(
                index(),
                codec(),
                size(),
                pixelAspect(),
                rotation(),
                isMirrored(),
                frameRate(),
                pixelFormat,
                bitDepth(pixelFormat),
                known("color_transfer"),
                known("color_primaries"),
                known("color_space"),
                known("color_range"),
                stream.getString("field_order", "unknown"));
    }

    AudioStream audio() {
        int sampleRate = Integer.parseInt(stream.getString("sample_rate", "0"));
        return new AudioStream(index(), codec(), stream.getInteger("channels", 0), sampleRate, isDefault());
    }

    private double pixelAspect() {
        double aspect = quotient(stream.getString("sample_aspect_ratio", "1:1"), ":");
        return aspect > 0 ? aspect : 1;
    }

    /** The average, unless it is beyond what cameras do (some containers count in ticks): then the base rate, or nothing. */
    private double frameRate() {
        return Stream.of("avg_frame_rate", "r_frame_rate")
                .mapToDouble(key -> quotient(stream.getString(key, "0/0"), "/"))
                .filter(rate -> rate > 0 && rate <= HIGHEST_FRAME_RATE)
                .findFirst()
                .orElse(0);
    }

    private static double quotient(String text, String sign) {
        String[] parts = text.split(sign, 2);
        double below = parts.length == 2 ? Double.parseDouble(parts[1]) : 1;
        return below == 0 ? 0 : Double.parseDouble(parts[0]) / below;
    }

    private static int bitDepth(String pixelFormat) {
        Matcher depth = DEPTH.matcher(pixelFormat);
        return depth.find() ? Integer.parseInt(depth.group(1)) : 8;
    }

    private Optional<String> known(String key) {
        return Optional.ofNullable(stream.getString(key)).filter(value -> !value.equals("unknown"));
    }

    private int rotation() {
        return displayMatrix()
                .map(data -> Math.floorMod(-Math.round(data.getDouble("rotation", 0.0)), 360))
                .orElse(0);
    }

    /** A matrix with a negative determinant turns left into right. */
    private boolean isMirrored() {
        return displayMatrix()
                .map(data -> MATRIX_ROW.matcher(data.getString("displaymatrix", "")))
                .filter(Matcher::find)
                .map(row -> {
                    long a = Long.parseLong(row.group(1));
                    long b = Long.parseLong(row.group(2));
                    boolean second = row.find();
                    return second && a * Long.parseLong(row.group(2)) - b * Long.parseLong(row.group(1)) < 0;
                })
                .orElse(false);
    }

    private Optional<JsonObject> displayMatrix() {
        return sideData()
                .filter(data -> "Display Matrix".equals(data.getString("side_data_type")))
                .findFirst();
    }

    private Stream<JsonObject> sideData() {
        JsonArray list = stream.getJsonArray("side_data_list", new JsonArray());
        return IntStream.range(0, list.size()).mapToObj(list::getJsonObject);
    }
}
