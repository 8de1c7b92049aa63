package dev.sluice.backend.job;

import dev.sluice.job.JobId;
import dev.sluice.message.NewJob;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.ObjectKey;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/**
 * A video that is about to lie in the bucket.
 *
 * @param key under which it will; nothing in it comes from outside but a tame extension
 * @param filename as its owner calls it
 */
public record NewVideo(String mediaId, ObjectKey key, String filename, String userId) {
    private static final int LONGEST_EXTENSION = 8;
    private static final int LONGEST_NAME = 255;

    /** With an id and a key of its own. */
    public static NewVideo create(String filename, String userId) {
        String mediaId = UUID.randomUUID().toString();
        return new NewVideo(mediaId, new ObjectKey("uploads/" + mediaId + extension(filename)), filename, userId);
    }

    /** A name from outside without the directories before it and what no name has in it. */
    public static String sanitizeFilename(String name) {
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        String visible = last.codePoints()
                .filter(point -> !Character.isISOControl(point) && Character.getType(point) != Character.SURROGATE)
                .limit(LONGEST_NAME)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
        return visible.isEmpty() ? "video" : visible;
    }

    /** Its job, which nobody knows of yet. */
    public StagedJob toJob(long bytes) {
        return toJob(new JobId(UUID.randomUUID().toString()), bytes);
    }

    /** The same, where the id was chosen before. */
    public StagedJob toJob(JobId id, long bytes) {
        return StagedJob.create(new NewJob(id, mediaId, userId, key.value(), filename, "", bytes, Instant.now()));
    }

    /** The extension for people who look into the bucket; nothing of ours goes by it. */
    private static String extension(String name) {
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        boolean usable = name.contains(".") && extension.matches("[a-z0-9]{1," + LONGEST_EXTENSION + "}");
        return usable ? "." + extension : "";
    }
}
