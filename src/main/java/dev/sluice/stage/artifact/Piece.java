package dev.sluice.stage.artifact;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A file that a task made and the join needs. */
public record Piece(String name, long bytes, Place place) {
    private static final String PIECES = "pieces";

    static JsonArray toJson(List<Piece> pieces) {
        JsonArray array = new JsonArray();
        for (Piece piece : pieces) {
            JsonObject json = new JsonObject().put("name", piece.name).put("bytes", piece.bytes);
            piece.place.localPath().ifPresent(path -> json.put("localPath", path));
            piece.place.stagedKey().ifPresent(key -> json.put("stagedKey", key));
            array.add(json);
        }
        return array;
    }

    /** Those of a task's result. */
    public static List<Piece> of(JsonObject result) {
        JsonArray array = result.getJsonArray(PIECES, new JsonArray());
        return IntStream.range(0, array.size())
                .mapToObj(array::getJsonObject)
                .map(json -> new Piece(
                        json.getString("name"),
                        json.getLong("bytes"),
                        new Place(
                                Optional.ofNullable(json.getString("localPath")),
                                Optional.ofNullable(json.getString("stagedKey")))))
                .toList();
    }

    /** A task's result. */
    public static JsonObject kept(List<Piece> pieces) {
        return new JsonObject().put(PIECES, toJson(pieces));
    }
}
