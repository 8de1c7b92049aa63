package dev.sluice.message;

import dev.sluice.message.json.FieldReader;
import dev.sluice.message.json.InvalidMessageException;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Optional;

/**
 * An output file of the processing stage: an item of {@code outputs} of a staged job.
 *
 * @param s3Key key of the published object
 * @param fileSize bytes
 * @param quality name of the rendition; empty for a thumbnail
 * @param timestamp of a thumbnail, seconds; 0 for a rendition
 * @param localPath of a file in the workspace, relative to it
 * @param stagedKey key of a staged object, which is promoted to {@code s3Key}
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

    /** A file without a local path or staged key: not stored yet, or published. */
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

    public OutputFile withLocalPath(String path) {
        return withLocation(Optional.of(path), Optional.empty());
    }

    public OutputFile withStagedKey(String key) {
        return withLocation(Optional.empty(), Optional.of(key));
    }

    /** The file as it is published: without local path and staged key. */
    public OutputFile withoutLocation() {
        return withLocation(Optional.empty(), Optional.empty());
    }

    private OutputFile withLocation(Optional<String> path, Optional<String> key) {
        return new OutputFile(type, s3Key, width, height, fileSize, mimeType, quality, timestamp, path, key);
    }

    /** The kind of an output file; SCALED is a rendition. */
    public enum Type {
        SCALED,
        THUMBNAIL;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static OutputFile fromJson(Object item) {
        FieldReader fields = new FieldReader((JsonObject) item);
        String type = fields.text("type");
        return new OutputFile(
                switch (type) {
                    case "scaled" -> Type.SCALED;
                    case "thumbnail" -> Type.THUMBNAIL;
                    default ->
                        throw new InvalidMessageException("The 'type' of an output must be 'thumbnail' or 'scaled'.");
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
