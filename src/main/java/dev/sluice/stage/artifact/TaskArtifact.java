package dev.sluice.stage.artifact;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A file that a task made and the join needs. */
public record TaskArtifact(String name, long bytes, ArtifactLocation place) {
    private static final String PIECES = "pieces";

    static JsonArray toJson(List<TaskArtifact> pieces) {
        JsonArray array = new JsonArray();
        for (TaskArtifact piece : pieces) {
            JsonObject json = new JsonObject().put("name", piece.name).put("bytes", piece.bytes);
            piece.place.localPath().ifPresent(path -> json.put("localPath", path));
            piece.place.stagedKey().ifPresent(key -> json.put("stagedKey", key));
            array.add(json);
        }
        return array;
    }

    /** Those of a task's result. */
    public static List<TaskArtifact> of(JsonObject result) {
        JsonArray array = result.getJsonArray(PIECES, new JsonArray());
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
    public static JsonObject kept(List<TaskArtifact> pieces) {
        return new JsonObject().put(PIECES, toJson(pieces));
    }
}
