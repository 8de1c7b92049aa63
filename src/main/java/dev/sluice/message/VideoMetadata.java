package dev.sluice.message;

import io.vertx.core.json.JsonObject;

/**
 * Metadata of a source. An unknown number is 0, an unknown text empty; both are omitted from messages.
 *
 * @param duration seconds
 * @param bitrate bit/s
 * @param framerate frames per second
 * @param width display width, after rotation, in square pixels
 * @param height display height, after rotation, in square pixels
 * @param fileSize bytes
 */
public record VideoMetadata(
        double duration,
        String codec,
        long bitrate,
        double framerate,
        int width,
        int height,
        long fileSize,
        String mimeType) {

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
                text(json, "mimeType"));
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
        return json;
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
