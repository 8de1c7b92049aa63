package dev.sluice.persistence.usertable;

import dev.sluice.persistence.db.SqlSession;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads from PostgreSQL's catalogue what a user's table looks like. */
final class UserTableCatalog {
    private static final String COLUMNS = """
            SELECT a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type,
                   b.typname::text AS base, t.typcategory::text AS category,
                   ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = b.oid) AS labels
              FROM pg_attribute a
              JOIN pg_type t ON t.oid = a.atttypid
              JOIN pg_type b ON b.oid = CASE WHEN t.typbasetype = 0 THEN t.oid ELSE t.typbasetype END
             WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
            """;

    private UserTableCatalog() {}

    /** The table as it is now; empty when it is not there. */
    static Future<Optional<UserTable>> load(SqlSession session, TableName name) {
        return session.execute(COLUMNS, name.quoted()).map(rows -> {
            Map<String, Column> columns = new HashMap<>();
            rows.forEach(row -> columns.put(row.getString("name"), column(row)));
            return columns.isEmpty() ? Optional.empty() : Optional.of(new UserTable(name, columns));
        });
    }

    private static Column column(Row row) {
        return new Column(
                row.getString("name"),
                row.getString("type"),
                row.getString("base"),
                row.getString("category").charAt(0),
                List.of(row.getArrayOfStrings("labels")));
    }
}
