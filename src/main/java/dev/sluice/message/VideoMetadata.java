package dev.sluice.message;

import dev.sluice.job.Loudness;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Metadata of a source. An unknown number is 0, an unknown text empty; both are omitted from messages.
 *
 * @param duration seconds
 * @param bitrate bit/s
 * @param framerate frames per second
 * @param width display width, after rotation, in square pixels
 * @param height display height, after rotation, in square pixels
 * @param fileSize bytes
 * @param loudness of the published audio, after the encode
 */
public record VideoMetadata(
        double duration,
        String codec,
        long bitrate,
        double framerate,
        int width,
        int height,
        long fileSize,
        String mimeType,
        Optional<Loudness> loudness) {
    private static final String LOUDNESS = "loudness";
    private static final String INTEGRATED = "integrated_lufs";
    private static final String RANGE = "range_lu";
    private static final String TRUE_PEAK = "true_peak_dbtp";

    /** Metadata without loudness. */
    public VideoMetadata(
            double duration,
            String codec,
            long bitrate,
            double framerate,
            int width,
            int height,
            long fileSize,
            String mimeType) {
        this(duration, codec, bitrate, framerate, width, height, fileSize, mimeType, Optional.empty());
    }

    /** {@code 1920x1080}; empty if unknown. */
    public String resolution() {
        return width > 0 && height > 0 ? width + "x" + height : "";
    }

    static VideoMetadata fromJson(JsonObject json) {
        return new VideoMetadata(
                number(json, "duration").doubleValue(),
                text(json, "codec"),
                whole(json, "bitrate"),
                number(json, "framerate").doubleValue(),
                (int) Math.min(Integer.MAX_VALUE, whole(json, "width")),
                (int) Math.min(Integer.MAX_VALUE, whole(json, "height")),
                whole(json, "fileSize"),
                text(json, "mimeType"),
                parseLoudness(json.getValue(LOUDNESS)));
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject();
        putKnown(json, "duration", duration);
        putKnown(json, "codec", codec);
        putKnown(json, "bitrate", bitrate);
        putKnown(json, "framerate", framerate);
        putKnown(json, "resolution", resolution());
        putKnown(json, "width", width);
        putKnown(json, "height", height);
        putKnown(json, "fileSize", fileSize);
        putKnown(json, "mimeType", mimeType);
        loudness.ifPresent(measured -> json.put(LOUDNESS, toJson(measured)));
        return json;
    }

    /** The form of a loudness in messages and results of tasks. */
    public static JsonObject toJson(Loudness loudness) {
        JsonObject json =
                new JsonObject().put(INTEGRATED, loudness.integrated()).put(RANGE, loudness.range());
        loudness.truePeak().ifPresent(peak -> json.put(TRUE_PEAK, peak));
        return json;
    }

    /** Reads {@link #toJson(Loudness)}; empty if the value has another form. */
    public static Optional<Loudness> parseLoudness(@Nullable Object value) {
        return value instanceof JsonObject json
                        && json.getValue(INTEGRATED) instanceof Number integrated
                        && json.getValue(RANGE) instanceof Number range
                ? Optional.of(new Loudness(
                        integrated.doubleValue(),
                        range.doubleValue(),
                        json.getValue(TRUE_PEAK) instanceof Number peak
                                ? OptionalDouble.of(peak.doubleValue())
                                : OptionalDouble.empty()))
                : Optional.empty();
    }

    private static void putKnown(JsonObject json, String field, Object value) {
        boolean known = value instanceof Number number
                ? number.doubleValue() > 0
                : !value.toString().isEmpty();
        if (known) {
            json.put(field, value);
        }
    }

    /** A number above the range becomes the maximum, a negative number 0 (unknown). */
    private static long whole(JsonObject json, String field) {
        return Math.max(0, (long) number(json, field).doubleValue());
    }

    private static Number number(JsonObject json, String field) {
        return json.getValue(field) instanceof Number number ? number : 0;
    }

    private static String text(JsonObject json, String field) {
        return json.getValue(field) instanceof String text ? text : "";
    }
}
