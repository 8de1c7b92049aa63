package dev.sluice.backend.job;

import dev.sluice.job.JobId;
import dev.sluice.message.NewJob;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.ObjectKey;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/**
 * A video to be stored.
 *
 * @param key of its object; nothing in it is user input except a sanitized extension
 * @param filename the name given by its owner
 */
public record NewVideo(String mediaId, ObjectKey key, String filename, String userId) {
    private static final int MAX_EXTENSION_LENGTH = 8;
    private static final int MAX_NAME_LENGTH = 255;

    /** Creates a video with a new media ID and key. */
    public static NewVideo create(String filename, String userId) {
        String mediaId = UUID.randomUUID().toString();
        return new NewVideo(mediaId, new ObjectKey("uploads/" + mediaId + extension(filename)), filename, userId);
    }

    /** Removes directories, control characters and unpaired surrogates from a file name; at most 255 characters. */
    public static String sanitizeFilename(String name) {
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        String visible = last.codePoints()
                .filter(point -> !Character.isISOControl(point) && Character.getType(point) != Character.SURROGATE)
                .limit(MAX_NAME_LENGTH)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
        return visible.isEmpty() ? "video" : visible;
    }

    /** Its job with a new ID, not yet created. */
    public StagedJob toJob(long bytes) {
        return toJob(new JobId(UUID.randomUUID().toString()), bytes);
    }

    public StagedJob toJob(JobId id, long bytes) {
        return StagedJob.create(new NewJob(id, mediaId, userId, key.value(), filename, "", bytes, Instant.now()));
    }

    /** The extension helps operators who browse the bucket; Sluice does not use it. */
    private static String extension(String name) {
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        boolean usable = name.contains(".") && extension.matches("[a-z0-9]{1," + MAX_EXTENSION_LENGTH + "}");
        return usable ? "." + extension : "";
    }
}
