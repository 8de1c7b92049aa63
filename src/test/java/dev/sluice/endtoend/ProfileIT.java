package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.http.TestClient;
import dev.sluice.http.TestTokens;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Jobs with different profiles in one pipeline. */
@ExtendWith(ServicesExtension.class)
class ProfileIT {
    private static final String API = "/api/video-processing";
    private static final String ANN = TestTokens.of("ann");
    private static final JsonObject PROFILES = new JsonObject("""
            {"plain": {"ladder": [{"quality": "tiny", "shortSide": 64, "maxKbps": 100}], "streaming": "none",
                       "thumbnails": false, "poster": false, "storyboard": false},
             "images": {"renditions": false, "poster": true, "storyboard": true, "previewClip": true}}
            """);

    private static PipelineFixture pipeline;
    private static TestClient client;

    @BeforeAll
    static void start(PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        pipeline.database()
                .execute("CREATE TABLE media (\"id\" text PRIMARY KEY, \"userId\" text, \"s3Key\" text);"
                        + " INSERT INTO media VALUES ('clip', 'ann', 'uploads/clip.mp4')");
        client =
                new TestClient(pipeline.vertx(), pipeline.startWithBackend(new JsonObject().put("profiles", PROFILES)));
        BackendSimulator.awaitThat(pipeline::isConsuming);
    }

    @Test
    void publishesWhatTheProfileOfEachJobStates() throws Exception {
        pipeline.backend().send(queued("usual"));
        pipeline.backend().send(queued("images").put("profile", "images"));
        String plain = client.post(API + "/media/clip/process-video", ANN, new JsonObject().put("profile", "plain"))
                .json()
                .getString("job_id");

        JsonObject usual = completed("usual");
        assertThat(usual.containsKey("profile")).isFalse();
        assertThat(usual.getJsonArray("thumbnails")).hasSize(1);
        assertThat(types("usual")).contains("scaled", "thumbnail");
        assertThat(outputs("usual").containsKey("streams")).isTrue();

        JsonObject small = completed(plain);
        assertThat(small.getString("profile")).isEqualTo("plain");
        assertThat(qualities(small)).containsExactly("tiny");
        assertThat(types(plain)).containsExactly("scaled");
        assertThat(outputs(plain).containsKey("streams")).isFalse();

        assertThat(qualities(completed("images"))).isEmpty();
        assertThat(types("images")).containsOnly("thumbnail", "poster", "preview", "storyboard", "storyboard_sheet");
        assertThat(pipeline.bucket().file("videos/media-images_360p.mp4")).doesNotExist();
    }

    @Test
    void rejectsUnknownProfileOverHttp() {
        TestClient.Reply refused =
                client.post(API + "/media/clip/process-video", ANN, new JsonObject().put("profile", "huge"));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("invalid_request");
        assertThat(refused.json().getString("detail"))
                .isEqualTo("Invalid profile 'huge': must be one of default, images, plain.");
    }

    @Test
    void failsJobWithUnknownProfileAtOnce() throws Exception {
        pipeline.backend().send(queued("huge").put("profile", "huge"));

        JsonObject job = ended("huge");

        assertThat(job.getMap())
                .containsEntry("status", "FAILED")
                .containsEntry("error_code", "unknown_profile")
                .containsEntry("current_step", "processing_failed")
                .containsEntry(
                        "error_message",
                        "The profile 'huge' is not configured: the field 'profile' must be one of default, images, plain.");
        assertThat(pipeline.database()
                        .value("SELECT attempt FROM sluice.stage_run WHERE job_id = 'huge' AND stage = 'processing'"))
                .isEqualTo("1");
    }

    private static JsonObject queued(String id) {
        return job(id, "uploads/clip.mp4").put("userId", "ann");
    }

    private static JsonObject completed(String id) {
        JsonObject job = ended(id);
        assertThat(job.getString("status")).as(job.encode()).isEqualTo("COMPLETED");
        return job;
    }

    private static JsonObject ended(String id) {
        BackendSimulator.awaitThat(
                () -> List.of("COMPLETED", "FAILED").contains(String.valueOf(get(id).getString("status"))));
        return get(id);
    }

    private static JsonObject get(String id) {
        return client.get(API + "/jobs/" + id, ANN).json();
    }

    private static List<String> qualities(JsonObject job) {
        return texts(job.getJsonArray("video_versions"), "quality");
    }

    private static List<String> types(String id) {
        return texts(outputs(id).getJsonArray("outputs"), "type");
    }

    private static JsonObject outputs(String id) {
        return client.get(API + "/jobs/" + id + "/outputs", ANN).json();
    }

    private static List<String> texts(JsonArray items, String field) {
        return items.stream().map(item -> ((JsonObject) item).getString(field)).toList();
    }
}
