package dev.sluice.message;

import dev.sluice.message.json.FieldReader;
import dev.sluice.message.json.InvalidMessageException;
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
 * @param stagedKey under which the file waits in the bucket to become the object {@code s3Key}; empty when it does not
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
        Optional<String> localPath,
        Optional<String> stagedKey) {

    /** A file that is nowhere yet, or already where it belongs. */
    public OutputFile(
            Type type,
            String s3Key,
            int width,
            int height,
            long fileSize,
            String mimeType,
            String quality,
            double timestamp) {
        this(type, s3Key, width, height, fileSize, mimeType, quality, timestamp, Optional.empty(), Optional.empty());
    }

    /** The same file, which lies on the disk now. */
    public OutputFile withLocalPath(String path) {
        return in(Optional.of(path), Optional.empty());
    }

    /** The same file, which waits in the bucket now. */
    public OutputFile withStagedKey(String key) {
        return in(Optional.empty(), Optional.of(key));
    }

    /** The file as the world may know it: where it lay before is nobody's business. */
    public OutputFile withoutLocation() {
        return in(Optional.empty(), Optional.empty());
    }

    private OutputFile in(Optional<String> path, Optional<String> key) {
        return new OutputFile(type, s3Key, width, height, fileSize, mimeType, quality, timestamp, path, key);
    }

    /** What the file is. */
    public enum Type {
        SCALED,
        THUMBNAIL;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static OutputFile fromJson(Object item) {
        FieldReader fields = new FieldReader((JsonObject) item);
        String type = fields.text("type");
        return new OutputFile(
                switch (type) {
                    case "scaled" -> Type.SCALED;
                    case "thumbnail" -> Type.THUMBNAIL;
                    default ->
                        throw new InvalidMessageException(
                                "An output's 'type' is 'thumbnail' or 'scaled', not something else.");
                },
                fields.text("s3Key"),
                fields.integer("width", 0, Integer.MAX_VALUE),
                fields.integer("height", 0, Integer.MAX_VALUE),
                fields.bytes("fileSize"),
                fields.mediaType("mimeType"),
                fields.optionalText("quality").orElse(""),
                fields.seconds("timestamp"),
                fields.optionalText("localPath"),
                fields.optionalText("stagedKey"));
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
        stagedKey.ifPresent(key -> json.put("stagedKey", key));
        return json;
    }
}
