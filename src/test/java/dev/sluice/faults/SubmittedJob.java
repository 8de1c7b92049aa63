package dev.sluice.faults;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * A job as a foreign producer makes it, with the fields of the contract and no more.
 *
 * @param video whether its source is one; otherwise it has to fail
 * @param copies how many times its message is sent
 * @param film whether its video is so long that it is encoded in segments
 */
record SubmittedJob(String id, boolean video, int copies, boolean film) {
    static final String FILM_KEY = "uploads/film.mp4";
    static final String CLIP_KEY = "uploads/clip.mp4";
    static final String TEXT_KEY = "uploads/text.mp4";

    SubmittedJob(String id, boolean video, int copies) {
        this(id, video, copies, false);
    }

    String mediaId() {
        return "media-" + id;
    }

    String key() {
        return video ? film ? FILM_KEY : CLIP_KEY : TEXT_KEY;
    }

    JsonObject message() {
        return new JsonObject()
                .put("id", id)
                .put("mediaId", mediaId())
                .put("userId", "user-1")
                .put("mediaType", "VIDEO")
                .put("s3Key", key())
                .put("originalFilename", "clip.mp4")
                .put("mimeType", "video/mp4")
                .put("fileSize", 0)
                .put("createdAt", Instant.now().toString())
                .put("stage", "DOWNLOADING");
    }

    /** The user's row, as it is before anybody worked on it. */
    String insert() {
        return "INSERT INTO \"VideoProcessingJob\" (\"id\", \"mediaId\", \"userId\", \"s3Key\", \"originalFilename\")"
                + " VALUES ('" + id + "', '" + mediaId() + "', 'user-1', '" + key() + "', 'clip.mp4')"
                + " ON CONFLICT DO NOTHING";
    }
}
