package dev.sluice.persistence.usertable;

import java.util.Optional;

/**
 * Expressions for the owners of media items as the user's media table has them. The table may be missing, or lack a column: then
 * no media item has an owner.
 */
public final class MediaOwnership {
    /** The spellings of a UUID that a comparison accepts; another text must not fail the statement. */
    private static final String UUID_PATTERN = "'^([0-9a-f]{4}-?){7}[0-9a-f]{4}$'";

    private final Optional<UserTable> media;
    private final String ownerColumn;

    MediaOwnership(Optional<UserTable> media, String ownerColumn) {
        this.media = media.filter(table -> table.columns().containsKey(ownerColumn)
                && Optional.ofNullable(table.columns().get(UserTable.ID))
                        .filter(MediaOwnership::isComparable)
                        .isPresent());
        this.ownerColumn = ownerColumn;
    }

    /** The owner of the media item whose ID is the text {@code mediaId}; null without an owner. */
    public String ownerOf(String mediaId) {
        return media.map(table -> "(SELECT nullif(btrim(u." + TableName.quote(ownerColumn) + "::text), '') FROM "
                        + table.name().quoted() + " u WHERE " + isEqual(table, UserTable.ID, mediaId) + ")")
                .orElse("NULL::text");
    }

    /** The IDs of the media items whose owner is the text {@code user}. */
    public String ownedBy(String user) {
        return media.map(table -> "(SELECT u.\"id\"::text FROM " + table.name().quoted() + " u WHERE "
                        + isEqual(table, ownerColumn, user) + ")")
                .orElse("(SELECT NULL::text WHERE false)");
    }

    /** Compares the column itself if it has a known type: only this comparison can use an index on it. */
    private static String isEqual(UserTable table, String name, String text) {
        Column column = table.columns().get(name);
        String quoted = "u." + TableName.quote(name);
        if (column != null && column.base().equals("uuid")) {
            return quoted + " = CASE WHEN " + text + " ~* " + UUID_PATTERN + " THEN (" + text + ")::uuid END";
        }
        return column != null && column.category() == 'S' ? quoted + " = " + text : quoted + "::text = " + text;
    }

    private static boolean isComparable(Column column) {
        return column.category() == 'S' || column.base().equals("uuid");
    }
}
