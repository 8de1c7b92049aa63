package dev.sluice.endtoend;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Single-stage requests of the legacy backend, and the updates as it reads them. */
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

    /** The updates as a consumer reads them: it ignores an update without a higher seq. */
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
