package dev.sluice.faults;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * A job of an external producer, with the fields of the contract only.
 *
 * @param video whether its source is a video; otherwise it must fail
 * @param copies how many times its message is sent
 * @param segmented whether its source is long enough to be encoded in segments
 */
record SubmittedJob(String id, boolean video, int copies, boolean segmented) {
    static final String LONG_VIDEO_KEY = "uploads/long.mp4";
    static final String CLIP_KEY = "uploads/clip.mp4";
    static final String TEXT_KEY = "uploads/text.mp4";

    SubmittedJob(String id, boolean video, int copies) {
        this(id, video, copies, false);
    }

    String mediaId() {
        return "media-" + id;
    }

    String key() {
        return video ? segmented ? LONG_VIDEO_KEY : CLIP_KEY : TEXT_KEY;
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

    /** The row of the job table of the user, before processing. */
    String insert() {
        return "INSERT INTO \"VideoProcessingJob\" (\"id\", \"mediaId\", \"userId\", \"s3Key\", \"originalFilename\")"
                + " VALUES ('" + id + "', '" + mediaId() + "', 'user-1', '" + key() + "', 'clip.mp4')"
                + " ON CONFLICT DO NOTHING";
    }
}
