package dev.sluice.objectstore;

import dev.sluice.config.KeysConfig;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys of results. Each media id has keys of its own, which no other media id can be made to name: an id that would not
 * stand in a key as it is fails the job with INVALID_MESSAGE.
 */
public final class OutputKeys {
    private static final String MEDIA_ID = "mediaId";
    private static final String QUALITY = "quality";
    private static final String NUMBER = "n";

    private static final Pattern QUALITY_NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");
    private static final Pattern COUNTED = Pattern.compile("0|[1-9][0-9]{0,8}");

    private final List<String> rungs;
    private final KeyTemplate renditionKey;
    private final KeyTemplate thumbnailKey;

    /**
     * Reads both templates.
     *
     * @param rungs the names of the configured renditions
     * @throws IllegalArgumentException naming the setting and the rule, if a template can't be used
     */
    public OutputKeys(KeysConfig config, Collection<String> rungs) {
        this.rungs = List.copyOf(rungs);
        this.renditionKey = new KeyTemplate("keys.video", config.video(), Set.of(MEDIA_ID, QUALITY));
        this.thumbnailKey = new KeyTemplate("keys.thumbnail", config.thumbnail(), Set.of(MEDIA_ID, NUMBER));
    }

    /**
     * Where a rendition goes.
     *
     * @param quality the rung's name, such as {@code 720p}
     */
    public ObjectKey renditionKey(String mediaId, String quality) {
        return key(renditionKey.expand(Map.of(MEDIA_ID, checked(mediaId), QUALITY, quality)));
    }

    /**
     * Where a thumbnail goes.
     *
     * @param n counted from 0
     */
    public ObjectKey thumbnailKey(String mediaId, int n) {
        return key(thumbnailKey.expand(Map.of(MEDIA_ID, checked(mediaId), NUMBER, Integer.toString(n))));
    }

    /**
     * Whether this is the key of a result of this media id, and of no other. A message may name where its results go, but
     * whoever may send one is not thereby let loose on all objects of the bucket.
     */
    public boolean isOutputKeyOf(String mediaId, ObjectKey key) {
        String id = checked(mediaId);
        return rungs.stream().anyMatch(rung -> renditionKey(id, rung).equals(key))
                || renditionKey
                        .extract(key.value(), MEDIA_ID, id)
                        .filter(OutputKeys::isQuality)
                        .isPresent()
                || thumbnailKey
                        .extract(key.value(), MEDIA_ID, id)
                        .filter(OutputKeys::isNumber)
                        .isPresent();
    }

    private static boolean isQuality(String text) {
        return QUALITY_NAME.matcher(text).matches();
    }

    private static boolean isNumber(String text) {
        return COUNTED.matcher(text).matches();
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

    private static ObjectKey key(String text) {
        try {
            return new ObjectKey(text);
        } catch (IllegalArgumentException bad) {
            throw invalid(String.valueOf(bad.getMessage()), bad);
        }
    }

    private static JobException invalid(String why, @Nullable Throwable cause) {
        return new JobException(
                ErrorCode.INVALID_MESSAGE, "The media id can't be part of an object's key: " + why + ".", cause);
    }
}
