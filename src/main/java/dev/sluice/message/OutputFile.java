package dev.sluice.message;

import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Optional;

/**
 * One file that processing made, as an item of a staged job's {@code outputs}.
 *
 * @param s3Key where it goes in the bucket
 * @param fileSize bytes
 * @param quality the rung's name; empty for a thumbnail
 * @param timestamp seconds into the video; 0 for a rendition
 * @param localPath relative to the workspace; empty when the file is in the bucket only
 */
public record OutputFile(
        Type type,
        String s3Key,
        int width,
        int height,
        long fileSize,
        String mimeType,
        String quality,
        double timestamp,
        Optional<String> localPath) {

    /** What the file is. */
    public enum Type {
        SCALED,
        THUMBNAIL;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static OutputFile fromJson(Object item) {
        Fields fields = new Fields((JsonObject) item);
        String type = fields.text("type");
        return new OutputFile(
                switch (type) {
                    case "scaled" -> Type.SCALED;
                    case "thumbnail" -> Type.THUMBNAIL;
                    default ->
                        throw new InvalidMessage("An output's 'type' is 'thumbnail' or 'scaled', not something else.");
                },
                fields.text("s3Key"),
                fields.integer("width", 0, Integer.MAX_VALUE),
                fields.integer("height", 0, Integer.MAX_VALUE),
                fields.bytes("fileSize"),
                fields.mediaType("mimeType"),
                fields.optionalText("quality").orElse(""),
                fields.seconds("timestamp"),
                fields.optionalText("localPath"));
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject()
                .put("type", type.wire())
                .put("s3Key", s3Key)
                .put("width", width)
                .put("height", height)
                .put("fileSize", fileSize)
                .put("mimeType", mimeType);
        if (type == Type.SCALED) {
            json.put("quality", quality);
        } else {
            json.put("timestamp", timestamp);
        }
        localPath.ifPresent(path -> json.put("localPath", path));
        return json;
    }
}
