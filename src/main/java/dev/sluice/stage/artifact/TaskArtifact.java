package dev.sluice.stage.artifact;

import dev.sluice.objectstore.ObjectKey;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** An artifact of a task that the join needs. */
public record TaskArtifact(String name, long bytes, ArtifactLocation location) {
    private static final String ARTIFACTS_KEY = "pieces";
    private static final String LOCAL_PATH = "localPath";
    private static final String STAGED_KEY = "stagedKey";

    private JsonObject toJson() {
        JsonObject json = new JsonObject().put("name", name).put("bytes", bytes);
        return location instanceof ArtifactLocation.Staged staged
                ? json.put(STAGED_KEY, staged.key().value())
                : json.put(LOCAL_PATH, ((ArtifactLocation.Local) location).path());
    }

    private static TaskArtifact fromJson(JsonObject json) {
        ArtifactLocation location = Optional.ofNullable(json.getString(LOCAL_PATH))
                .<ArtifactLocation>map(ArtifactLocation.Local::new)
                .orElseGet(() -> new ArtifactLocation.Staged(new ObjectKey(json.getString(STAGED_KEY, ""))));
        return new TaskArtifact(json.getString("name"), json.getLong("bytes"), location);
    }

    /** The artifacts in the result of a task. */
    public static List<TaskArtifact> fromTaskResult(JsonObject result) {
        JsonArray artifacts = result.getJsonArray(ARTIFACTS_KEY, new JsonArray());
        return IntStream.range(0, artifacts.size())
                .mapToObj(artifacts::getJsonObject)
                .map(TaskArtifact::fromJson)
                .toList();
    }

    /** The result of a task with these artifacts. */
    public static JsonObject toTaskResult(List<TaskArtifact> artifacts) {
        return new JsonObject()
                .put(
                        ARTIFACTS_KEY,
                        new JsonArray(
                                artifacts.stream().map(TaskArtifact::toJson).toList()));
    }
}
