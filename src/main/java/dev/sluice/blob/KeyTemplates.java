package dev.sluice.blob;

import dev.sluice.config.KeysConfig;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys of results. Each media id has keys of its own, which no other media id can be made to name: an id that would not
 * stand in a key as it is fails the job with INVALID_MESSAGE.
 */
public final class KeyTemplates {
    private static final String MEDIA_ID = "mediaId";
    private static final String QUALITY = "quality";
    private static final String NUMBER = "n";

    private final KeyTemplate video;
    private final KeyTemplate thumbnail;

    /**
     * Reads both templates.
     *
     * @throws IllegalArgumentException naming the setting and the rule, if a template can't be used
     */
    public KeyTemplates(KeysConfig config) {
        this.video = new KeyTemplate("keys.video", config.video(), Set.of(MEDIA_ID, QUALITY));
        this.thumbnail = new KeyTemplate("keys.thumbnail", config.thumbnail(), Set.of(MEDIA_ID, NUMBER));
    }

    /**
     * Where a rendition goes.
     *
     * @param quality the rung's name, such as {@code 720p}
     */
    public BlobKey video(String mediaId, String quality) {
        return key(video.with(Map.of(MEDIA_ID, checked(mediaId), QUALITY, quality)));
    }

    /**
     * Where a thumbnail goes.
     *
     * @param n counted from 0
     */
    public BlobKey thumbnail(String mediaId, int n) {
        return key(thumbnail.with(Map.of(MEDIA_ID, checked(mediaId), NUMBER, Integer.toString(n))));
    }

    // Refused, not encoded: readers build the same keys from the id, and would look for the plain one.
    private static String checked(String mediaId) {
        if (mediaId.isBlank()) {
            throw invalid("it is blank", null);
        }
        if (mediaId.contains("/") || mediaId.contains("\\")) {
            throw invalid("it has a '/' or '\\'", null);
        }
        if (mediaId.chars().anyMatch(Character::isISOControl)) {
            throw invalid("it has control characters", null);
        }
        if (mediaId.equals(".") || mediaId.equals("..")) {
            throw invalid("it is '" + mediaId + "'", null);
        }
        return mediaId;
    }

    private static BlobKey key(String text) {
        try {
            return new BlobKey(text);
        } catch (IllegalArgumentException bad) {
            throw invalid(String.valueOf(bad.getMessage()), bad);
        }
    }

    private static JobFailure invalid(String why, @Nullable Throwable cause) {
        return new JobFailure(
                ErrorCode.INVALID_MESSAGE, "The media id can't be part of an object's key: " + why + ".", cause);
    }
}
