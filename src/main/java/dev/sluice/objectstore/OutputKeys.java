package dev.sluice.objectstore;

import dev.sluice.config.KeysConfig;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keys of published outputs. No two media IDs can have the same key: a media ID that cannot be part of a key unchanged fails the
 * job with INVALID_MESSAGE.
 */
public final class OutputKeys {
    private static final String MEDIA_ID = "mediaId";
    private static final String QUALITY = "quality";
    private static final String NUMBER = "n";
    private static final String NAME = "name";

    private static final Pattern QUALITY_NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");
    private static final Pattern STREAM_NAME =
            Pattern.compile("(master|audio|(video|iframes)_[A-Za-z0-9_-]{1,32})\\.m3u8|manifest\\.mpd"
                    + "|poster\\.jpg|preview\\.mp4|storyboard\\.vtt|storyboard-[0-9]{1,3}\\.jpg"
                    + "|text_[0-9]{1,4}\\.(vtt|m3u8)|chapters\\.vtt");
    private static final Pattern NUMBER_TEXT = Pattern.compile("0|[1-9][0-9]{0,8}");

    private final List<String> qualities;
    private final KeyTemplate renditionKey;
    private final KeyTemplate thumbnailKey;
    private final KeyTemplate streamKey;

    /**
     * Parses the templates.
     *
     * @param qualities names of the configured renditions
     * @throws IllegalArgumentException if a template is invalid; names the setting
     */
    public OutputKeys(KeysConfig config, Collection<String> qualities) {
        this.qualities = List.copyOf(qualities);
        this.renditionKey = new KeyTemplate("keys.video", config.video(), Set.of(MEDIA_ID, QUALITY));
        this.thumbnailKey = new KeyTemplate("keys.thumbnail", config.thumbnail(), Set.of(MEDIA_ID, NUMBER));
        this.streamKey = new KeyTemplate("keys.stream", config.stream(), Set.of(MEDIA_ID, NAME));
    }

    /**
     * The final key of a rendition.
     *
     * @param quality such as {@code 720p}
     */
    public ObjectKey renditionKey(String mediaId, String quality) {
        return key(renditionKey.expand(Map.of(MEDIA_ID, checked(mediaId), QUALITY, quality)));
    }

    /**
     * The final key of a thumbnail.
     *
     * @param n from 0
     */
    public ObjectKey thumbnailKey(String mediaId, int n) {
        return key(thumbnailKey.expand(Map.of(MEDIA_ID, checked(mediaId), NUMBER, Integer.toString(n))));
    }

    /**
     * The final key of a playlist, the poster, a file of the storyboard, the preview clip, or a text track.
     *
     * @param name such as {@code master.m3u8}
     */
    public ObjectKey streamKey(String mediaId, String name) {
        return key(streamKey.expand(Map.of(MEDIA_ID, checked(mediaId), NAME, name)));
    }

    /**
     * The key of an object that exists while a job is encoded: a piece, or a playlist of pieces. No output has such a key.
     *
     * @param token fencing token of the run that planned the encode
     */
    public ObjectKey growingKey(String mediaId, JobId job, int token, String name) {
        return streamKey(mediaId, growingDirectory(job, token) + name);
    }

    /** The start of all {@link #growingKey} of these properties, and of no other key. */
    public String growingPrefix(String mediaId, JobId job, int token) {
        String name = growingDirectory(job, token);
        String key = streamKey(mediaId, name + "x").value();
        return key.substring(0, key.lastIndexOf(name) + name.length());
    }

    private static String growingDirectory(JobId job, int token) {
        return "growing-" + job.pathSegment() + "-" + token + "/";
    }

    /**
     * Whether this is a key of an output of this media ID and of no other. A message may name the keys of its outputs; this check
     * prevents it from overwriting other objects of the bucket.
     */
    public boolean isOutputKeyOf(String mediaId, ObjectKey key) {
        String id = checked(mediaId);
        return qualities.stream().anyMatch(quality -> renditionKey(id, quality).equals(key))
                || renditionKey
                        .extract(key.value(), MEDIA_ID, id)
                        .filter(OutputKeys::isQuality)
                        .isPresent()
                || thumbnailKey
                        .extract(key.value(), MEDIA_ID, id)
                        .filter(OutputKeys::isNumber)
                        .isPresent()
                || streamName(id, key).isPresent();
    }

    /** The name of a published object with {@link #streamKey}; empty for all other keys. */
    public Optional<String> streamName(String mediaId, ObjectKey key) {
        return streamKey
                .extract(key.value(), MEDIA_ID, checked(mediaId))
                .filter(name -> STREAM_NAME.matcher(name).matches());
    }

    /** Whether keys can contain this media ID; the other methods fail if they cannot. */
    public boolean isMediaId(String mediaId) {
        try {
            return !streamKey(mediaId, "master.m3u8").value().isEmpty();
        } catch (JobException invalid) {
            return false;
        }
    }

    private static boolean isQuality(String text) {
        return QUALITY_NAME.matcher(text).matches();
    }

    private static boolean isNumber(String text) {
        return NUMBER_TEXT.matcher(text).matches();
    }

    // Rejected and not encoded: readers build the same keys from the media ID.
    private static String checked(String mediaId) {
        if (mediaId.isBlank()) {
            throw invalid("it is blank", null);
        }
        if (mediaId.contains("/") || mediaId.contains("\\")) {
            throw invalid("it contains '/' or '\\'", null);
        }
        if (mediaId.chars().anyMatch(Character::isISOControl)) {
            throw invalid("it contains control characters", null);
        }
        if (mediaId.equals(".") || mediaId.equals("..")) {
            throw invalid("it is '" + mediaId + "'", null);
        }
        return mediaId;
    }

    private static ObjectKey key(String text) {
        try {
            return new ObjectKey(text);
        } catch (IllegalArgumentException bad) {
            throw invalid(String.valueOf(bad.getMessage()), bad);
        }
    }

    private static JobException invalid(String reason, @Nullable Throwable cause) {
        return new JobException(
                ErrorCode.INVALID_MESSAGE, "The media ID cannot be part of an object key: " + reason + ".", cause);
    }
}
