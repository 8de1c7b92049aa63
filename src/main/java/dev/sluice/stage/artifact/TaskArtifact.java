package dev.sluice.stage.artifact;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A file that a task made and the join needs. */
public record TaskArtifact(String name, long bytes, ArtifactLocation location) {
    private static final String ARTIFACTS_KEY = "pieces";

    static JsonArray toJson(List<TaskArtifact> pieces) {
        JsonArray array = new JsonArray();
        for (TaskArtifact artifact : pieces) {
            JsonObject json = new JsonObject().put("name", artifact.name).put("bytes", artifact.bytes);
            artifact.location.localPath().ifPresent(path -> json.put("localPath", path));
            artifact.location.stagedKey().ifPresent(key -> json.put("stagedKey", key));
            array.add(json);
        }
        return array;
    }

    /** Those of a task's result. */
    public static List<TaskArtifact> of(JsonObject result) {
        JsonArray array = result.getJsonArray(ARTIFACTS_KEY, new JsonArray());
        return IntStream.range(0, array.size())
                .mapToObj(array::getJsonObject)
                .map(json -> new TaskArtifact(
                        json.getString("name"),
                        json.getLong("bytes"),
                        new ArtifactLocation(
                                Optional.ofNullable(json.getString("localPath")),
                                Optional.ofNullable(json.getString("stagedKey")))))
                .toList();
    }

    /** A task's result. */
    public static JsonObject toTaskResult(List<TaskArtifact> pieces) {
        return new JsonObject().put(ARTIFACTS_KEY, toJson(pieces));
    }
}
