package dev.sluice.message;

import dev.sluice.job.TextTrack;
import dev.sluice.job.VariantAttributes;
import dev.sluice.message.json.FieldReader;
import dev.sluice.message.json.InvalidMessageException;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * An output file of the processing stage: an item of {@code outputs}, {@code streams} or {@code textTracks} of a staged job.
 *
 * @param s3Key key of the published object
 * @param fileSize bytes
 * @param quality name of the rendition; of an object of the type {@code STREAM}, its format: {@code hls} or {@code dash} of a playlist
 *     that players open first, {@link #POSTER}, {@link #STORYBOARD}, {@link #SHEET} or {@link #PREVIEW}, the name of a
 *     rendition that only playlists name; else empty
 * @param timestamp of a thumbnail or the poster, seconds; else 0
 * @param text properties of a text track; empty for its playlist, and for other types
 * @param variant of a rendition, if known
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
        Optional<TextTrack> text,
        Optional<VariantAttributes> variant,
        Optional<String> localPath,
        Optional<String> stagedKey) {

    /** The format of the poster. */
    public static final String POSTER = "poster";
    /** The format of the index of the storyboard. */
    public static final String STORYBOARD = "storyboard";
    /** The format of a sheet of the storyboard. */
    public static final String SHEET = "sheet";
    /** The format of the preview clip. */
    public static final String PREVIEW = "preview";

    private static final String FORMAT = "format";
    private static final Set<String> RENDITION_TYPES = Set.of("scaled", "stream");
    private static final String CODECS = "codecs";

    /** A playlist or index; {@code format} is empty unless players open it first. */
    public static OutputFile playlist(String s3Key, long fileSize, String mimeType, String format) {
        return new OutputFile(Type.STREAM, s3Key, 0, 0, fileSize, mimeType, format, 0);
    }

    /** A text track, or the playlist of one. */
    public static OutputFile text(String s3Key, long fileSize, String mimeType, Optional<TextTrack> text) {
        return new OutputFile(
                Type.TEXT,
                s3Key,
                0,
                0,
                fileSize,
                mimeType,
                "",
                0,
                text,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

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
        this(
                type,
                s3Key,
                width,
                height,
                fileSize,
                mimeType,
                quality,
                timestamp,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** With the attributes of a rendition. */
    public OutputFile withVariant(VariantAttributes attributes) {
        return new OutputFile(
                type,
                s3Key,
                width,
                height,
                fileSize,
                mimeType,
                quality,
                timestamp,
                text,
                Optional.of(attributes),
                localPath,
                stagedKey);
    }

    public OutputFile withLocalPath(String path) {
        return withLocation(Optional.of(path), Optional.empty());
    }

    public OutputFile withStagedKey(String key) {
        return withLocation(Optional.empty(), Optional.of(key));
    }

    /** A worker of an older version passes on the location of an object of {@code streams} that it does not publish. */
    boolean isPublished() {
        return localPath.isEmpty() && stagedKey.isEmpty();
    }

    /** The file as it is published: without local path and staged key. */
    public OutputFile withoutLocation() {
        return withLocation(Optional.empty(), Optional.empty());
    }

    private OutputFile withLocation(Optional<String> path, Optional<String> key) {
        return new OutputFile(
                type, s3Key, width, height, fileSize, mimeType, quality, timestamp, text, variant, path, key);
    }

    /**
     * The kind of an output file; SCALED is a rendition in H.264, STREAM a playlist, the poster, a file of the storyboard, the
     * preview clip, or a rendition in another codec, TEXT a text track or its playlist.
     */
    public enum Type {
        SCALED,
        THUMBNAIL,
        STREAM,
        TEXT;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether an item of {@code streams} or {@code textTracks} is one of Sluice: a producer may have a field of this name. */
    static boolean isOfType(Type type, Object item) {
        return item instanceof JsonObject json && type.wire().equals(json.getValue("type"));
    }

    static OutputFile fromJson(Object item) {
        FieldReader fields = new FieldReader((JsonObject) item);
        String type = fields.text("type");
        return new OutputFile(
                switch (type) {
                    case "scaled" -> Type.SCALED;
                    case "thumbnail" -> Type.THUMBNAIL;
                    case "stream" -> Type.STREAM;
                    case "text" -> Type.TEXT;
                    default ->
                        throw new InvalidMessageException("The 'type' of an output must be 'thumbnail' or 'scaled'.");
                },
                fields.text("s3Key"),
                fields.integer("width", 0, Integer.MAX_VALUE),
                fields.integer("height", 0, Integer.MAX_VALUE),
                fields.bytes("fileSize"),
                fields.mediaType("mimeType"),
                fields.optionalText(type.equals("stream") ? FORMAT : "quality").orElse(""),
                fields.seconds("timestamp"),
                fields.optionalText("kind").flatMap(TextTrack.Kind::of).map(kind -> textTrack(kind, fields)),
                RENDITION_TYPES.contains(type)
                        ? fields.optionalText(CODECS).map(codecs -> variant(fields))
                        : Optional.empty(),
                fields.optionalText("localPath"),
                fields.optionalText("stagedKey"));
    }

    private static VariantAttributes variant(FieldReader fields) {
        return new VariantAttributes(
                (long) fields.quantity("bandwidth"),
                (long) fields.quantity("averageBandwidth"),
                fields.name(CODECS),
                fields.quantity("frameRate"));
    }

    /** The known attributes of a rendition; updates have other names for two of them. */
    static JsonObject toJson(VariantAttributes variant, String averageBandwidth, String frameRate) {
        JsonObject json = new JsonObject();
        if (variant.bandwidth() > 0) {
            json.put("bandwidth", variant.bandwidth()).put(averageBandwidth, variant.averageBandwidth());
        }
        json.put(CODECS, variant.codecs());
        return variant.frameRate() > 0 ? json.put(frameRate, variant.frameRate()) : json;
    }

    private static TextTrack textTrack(TextTrack.Kind kind, FieldReader fields) {
        return new TextTrack(
                kind,
                fields.optionalText("language"),
                fields.name("label"),
                fields.bool("default", false),
                fields.bool("forced", false));
    }

    /** The properties of a text track in messages. */
    static JsonObject toJson(TextTrack track) {
        JsonObject json = new JsonObject().put("kind", track.kind().wire());
        track.language().ifPresent(language -> json.put("language", language));
        return json.put("label", track.label())
                .put("default", track.isDefault())
                .put("forced", track.isForced());
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject()
                .put("type", type.wire())
                .put("s3Key", s3Key)
                .put("width", width)
                .put("height", height)
                .put("fileSize", fileSize)
                .put("mimeType", mimeType);
        switch (type) {
            case SCALED -> {
                json.put("quality", quality);
                variant.ifPresent(known -> json.mergeIn(toJson(known, "averageBandwidth", "frameRate")));
            }
            case THUMBNAIL -> json.put("timestamp", timestamp);
            case STREAM -> {
                json.put(FORMAT, quality);
                if (timestamp > 0) {
                    json.put("timestamp", timestamp);
                }
                variant.ifPresent(known -> json.mergeIn(toJson(known, "averageBandwidth", "frameRate")));
            }
            case TEXT -> text.ifPresent(track -> json.mergeIn(toJson(track)));
        }
        localPath.ifPresent(path -> json.put("localPath", path));
        stagedKey.ifPresent(key -> json.put("stagedKey", key));
        return json;
    }
}
