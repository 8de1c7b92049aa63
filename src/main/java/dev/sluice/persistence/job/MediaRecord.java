package dev.sluice.persistence.job;

import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * A row of the user's media table.
 *
 * @param id as the row has it
 * @param owner user ID
 * @param s3Key the source object
 */
public record MediaRecord(
        String id,
        Optional<String> owner,
        Optional<String> s3Key,
        Optional<String> mimeType,
        Optional<String> originalFilename) {

    static MediaRecord of(JsonObject row) {
        return new MediaRecord(
                row.getString("id"),
                text(row, "owner"),
                text(row, "s3Key"),
                text(row, "mimeType"),
                text(row, "originalFilename"));
    }

    private static Optional<String> text(JsonObject row, String column) {
        return Optional.ofNullable(row.getString(column)).filter(text -> !text.isBlank());
    }
}
