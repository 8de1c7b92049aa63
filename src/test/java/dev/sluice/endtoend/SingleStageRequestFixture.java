package dev.sluice.endtoend;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Single-stage requests as the older backend sends them, and what it reads of the answers. */
final class SingleStageRequestFixture {
    private SingleStageRequestFixture() {}

    static JsonObject request(String id, String key) {
        return new JsonObject()
                .put("type", "video_processing_request")
                .put("job_id", id)
                .put("media_id", "media-" + id)
                .put("user_id", "user-1")
                .put("s3_key", key)
                .put("original_filename", "clip.mp4")
                .put("request_thumbnails", true)
                .put("request_progress_updates", true)
                .put("progress_interval", 5)
                .put("timestamp", Instant.EPOCH.toString());
    }

    /** Each update once, in order: what is not newer than what it has a reader drops. */
    static List<String> read(List<JsonObject> updates) {
        Map<Long, String> read = new LinkedHashMap<>();
        long last = -1;
        for (JsonObject update : updates) {
            long seq = update.getLong("seq");
            if (seq > last) {
                last = seq;
                read.put(
                        seq,
                        update.getString("current_step") + " " + update.getInteger("progress") + " "
                                + update.getString("status"));
            }
        }
        return List.copyOf(read.values());
    }
}
