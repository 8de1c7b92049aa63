package dev.sluice.persistence.usertable;

import dev.sluice.persistence.db.SqlStatement;
import dev.sluice.persistence.usertable.Column.SqlExpression;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A user's table with its actual columns; builds statements that use no other columns. */
record UserTable(TableName name, Map<String, Column> columns) {
    static final String ID = "id";
    private static final String STATUS = "status";
    private static final String PROGRESS = "progress";
    private static final String CREATED = "createdAt";
    /** The columns without which no message for a job can be built. */
    private static final List<String> REQUIRED_COLUMNS = List.of(ID, "mediaId", "userId", "s3Key");

    private static final String FINGERPRINT = REQUIRED_COLUMNS.stream()
            .map(column -> "u." + TableName.quote(column) + "::text")
            .collect(Collectors.joining(", ", "hashtextextended(jsonb_build_array(", ")::text, 0)"));

    UserTable {
        columns = Map.copyOf(columns);
    }

    /** Updates the possible columns of the row with this ID; empty if there are none. */
    Optional<SqlStatement> update(String id, Map<String, ColumnValue> cells) {
        return update(id, cells, "");
    }

    /**
     * Updates them only if one of {@code statusColumns} says that the job has not ended, or if the column {@code progress}, where
     * the table has one, is lower than {@code minProgress}.
     */
    Optional<SqlStatement> updateIfNotEnded(
            String id, Map<String, ColumnValue> cells, List<String> statusColumns, int minProgress) {
        List<String> conditions = new ArrayList<>();
        statusColumns.stream()
                .filter(columns::containsKey)
                .forEach(column ->
                        conditions.add("upper(" + TableName.quote(column) + "::text) IN ('PENDING', 'PROCESSING')"));
        if (columns.containsKey(PROGRESS) && columns.get(PROGRESS).category() == 'N') {
            conditions.add(TableName.quote(PROGRESS) + " < " + minProgress);
        }
        return conditions.isEmpty()
                ? Optional.empty()
                : update(id, cells, " AND (" + String.join(" OR ", conditions) + ")");
    }

    private Optional<SqlStatement> update(String id, Map<String, ColumnValue> cells, String condition) {
        StatementBuilder draft = new StatementBuilder();
        List<String> set = new ArrayList<>();
        cells.forEach((column, cell) ->
                slot(column, cell).ifPresent(slot -> set.add(TableName.quote(column) + " = " + draft.write(slot))));
        Optional<SqlExpression> key = slot(ID, new ColumnValue.Text(id));
        if (set.isEmpty() || key.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(draft.statement("UPDATE " + name.quoted() + " SET " + String.join(", ", set) + " WHERE "
                + TableName.quote(ID) + " = " + draft.write(key.get()) + condition));
    }

    /** Reads the existing columns among these, as text, from the row with this ID. */
    Optional<SqlStatement> select(String id, List<String> names) {
        StatementBuilder draft = new StatementBuilder();
        String read = asText(names);
        return slot(ID, new ColumnValue.Text(id))
                .filter(key -> !read.isEmpty())
                .map(key -> draft.statement("SELECT " + read + " FROM " + name.quoted() + " WHERE "
                        + TableName.quote(ID) + " = " + draft.write(key)));
    }

    /** Reads them from the row of the newest job of this media item; empty if the table has no creation time. */
    Optional<SqlStatement> selectNewest(String mediaId, List<String> names) {
        StatementBuilder draft = new StatementBuilder();
        return columns.containsKey(CREATED)
                ? slot("mediaId", new ColumnValue.Text(mediaId))
                        .map(media -> draft.statement("SELECT " + asText(names) + " FROM " + name.quoted()
                                + " WHERE \"mediaId\" = " + draft.write(media)
                                + " ORDER BY \"createdAt\" DESC LIMIT 1"))
                : Optional.empty();
    }

    private String asText(List<String> names) {
        return names.stream()
                .filter(columns::containsKey)
                .map(column -> Objects.requireNonNull(columns.get(column)).asText() + " AS " + TableName.quote(column))
                .collect(Collectors.joining(", "));
    }

    /** Finds another completed job of this media item; empty if the table lacks the columns to identify one. */
    Optional<SqlStatement> otherCompletedJobs(String mediaId, String id) {
        StatementBuilder draft = new StatementBuilder();
        Optional<SqlExpression> media = slot("mediaId", new ColumnValue.Text(mediaId));
        Optional<SqlExpression> job = slot(ID, new ColumnValue.Text(id));
        return media.isEmpty() || job.isEmpty() || !columns.containsKey(STATUS)
                ? Optional.empty()
                : Optional.of(draft.statement("SELECT FROM " + name.quoted() + " WHERE \"mediaId\" = "
                        + draft.write(media.get()) + " AND \"id\" <> " + draft.write(job.get())
                        + " AND upper(\"status\"::text) = 'COMPLETED' LIMIT 1"));
    }

    /**
     * Counts the pending jobs that Sluice has not recorded, and those of them older than {@code overdueSeconds};
     * empty if the table lacks a required column.
     *
     * @param without fingerprints of excluded rows, as returned by {@link #findUntracked}
     */
    Optional<SqlStatement> countUntracked(double overdueSeconds, Long[] without) {
        return age().map(age -> new SqlStatement(
                "SELECT count(*) AS pending, count(*) FILTER (WHERE " + age + ") AS overdue" + unseen(),
                List.of(overdueSeconds, without)));
    }

    /** Finds the IDs of the oldest of them, each with a fingerprint of the columns from which the job is built. */
    Optional<SqlStatement> findUntracked(double overdueSeconds, Long[] without, int limit) {
        return age().map(age -> new SqlStatement(
                "SELECT u.\"id\"::text AS id, " + FINGERPRINT + " AS mark" + unseen() + " AND " + age
                        + " ORDER BY u.\"createdAt\" LIMIT $3",
                List.of(overdueSeconds, without, limit)));
    }

    private String unseen() {
        String complete = REQUIRED_COLUMNS.stream()
                .map(column -> " AND u." + TableName.quote(column) + "::text <> ''")
                .collect(Collectors.joining());
        // Compares the column itself with a constant of its type: only this comparison can use an index on it.
        String pending = pending().orElseThrow().replace("'", "''");
        return " FROM " + name.quoted() + " u WHERE u.\"status\" = '" + pending + "'" + complete
                + " AND NOT EXISTS (SELECT FROM sluice.job known WHERE known.id = u.\"id\"::text)"
                + " AND " + FINGERPRINT + " <> ALL ($2::bigint[])";
    }

    private Optional<String> pending() {
        return Optional.ofNullable(columns.get(STATUS))
                .flatMap(status -> status.statusLabel(new ColumnValue.Status("PENDING")));
    }

    private Optional<String> now() {
        return Optional.ofNullable(columns.get(CREATED)).flatMap(Column::currentTimestamp);
    }

    private Optional<String> age() {
        return missingColumns().isEmpty()
                ? now().map(now -> "u.\"createdAt\" < " + now + " - make_interval(secs => $1)")
                : Optional.empty();
    }

    /** Returns the columns that {@link #countUntracked} requires and that are missing or have an unsuitable type. */
    List<String> missingColumns() {
        List<String> missing = new ArrayList<>(REQUIRED_COLUMNS.stream()
                .filter(column -> !columns.containsKey(column))
                .toList());
        if (pending().isEmpty()) {
            missing.add(STATUS);
        }
        if (now().isEmpty()) {
            missing.add(CREATED);
        }
        return missing;
    }

    /** Inserts a row with the values for which the table has columns, unless the row exists. */
    SqlStatement insert(Map<String, ColumnValue> cells) {
        StatementBuilder draft = new StatementBuilder();
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        cells.forEach((column, cell) -> slot(column, cell).ifPresent(slot -> {
            names.add(TableName.quote(column));
            values.add(draft.write(slot));
        }));
        return draft.statement("INSERT INTO " + name.quoted() + " (" + String.join(", ", names) + ") VALUES ("
                + String.join(", ", values) + ") ON CONFLICT DO NOTHING");
    }

    private Optional<SqlExpression> slot(String column, ColumnValue cell) {
        return Optional.ofNullable(columns.get(column)).flatMap(known -> known.expressionFor(cell));
    }

    @Override
    public String toString() {
        return name.quoted().replace("\"", "")
                + columns.keySet().stream().sorted().collect(Collectors.joining(", ", " (", ")"));
    }

    /** Numbers the parameters in the order in which they are written. */
    private static final class StatementBuilder {
        private final List<@Nullable Object> parameters = new ArrayList<>();

        String write(SqlExpression slot) {
            if (slot.parameter() == null) {
                return slot.sql();
            }
            parameters.add(slot.parameter());
            return slot.sql().replace("%s", "$" + parameters.size());
        }

        SqlStatement statement(String sql) {
            return new SqlStatement(sql, parameters);
        }
    }
}
