package dev.sluice.persistence.usertable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.persistence.db.SqlStatement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UserTableTest {
    private static final Column ID = new Column("id", "text", "text", 'S', List.of());

    @Test
    void castsEachValueToTheTypeOfItsColumn() {
        UserTable table = table(
                new Column("status", "\"ProcessingStatus\"", "ProcessingStatus", 'E', List.of("PENDING", "COMPLETED")),
                new Column("progress", "integer", "int4", 'N', List.of()),
                new Column("metadata", "jsonb", "jsonb", 'U', List.of()),
                new Column("updatedAt", "timestamp(3) without time zone", "timestamp", 'D', List.of()));
        Map<String, ColumnValue> cells = new LinkedHashMap<>();
        cells.put("status", new ColumnValue.Status("COMPLETED"));
        cells.put("progress", new ColumnValue.Numeric(100));
        cells.put("metadata", new ColumnValue.Json("{}"));
        cells.put("updatedAt", new ColumnValue.CurrentTime());

        SqlStatement update = table.update("7", cells).orElseThrow();

        assertThat(update.sql())
                .isEqualTo("UPDATE \"jobs\" SET \"status\" = $1::text::\"ProcessingStatus\","
                        + " \"progress\" = $2::text::numeric::integer, \"metadata\" = $3::text::jsonb,"
                        + " \"updatedAt\" = (now() AT TIME ZONE 'UTC') WHERE \"id\" = $4::text::text");
        assertThat(update.parameters()).containsExactly("COMPLETED", "100", "{}", "7");
    }

    @Test
    void insertsOnlyWhatThereAreColumnsFor() {
        Map<String, ColumnValue> cells = new LinkedHashMap<>();
        cells.put("id", new ColumnValue.Text("7"));
        cells.put("mediaId", new ColumnValue.Text("m"));

        SqlStatement insert = table().insert(cells);

        assertThat(insert.sql())
                .isEqualTo("INSERT INTO \"jobs\" (\"id\") VALUES ($1::text::text) ON CONFLICT DO NOTHING");
        assertThat(insert.parameters()).containsExactly("7");
    }

    @Test
    void leavesOutWhatAColumnCannotHold() {
        UserTable table = table(
                new Column("status", "other", "other", 'E', List.of("READY")),
                new Column("progress", "boolean", "bool", 'B', List.of()),
                new Column("thumbnails", "jsonb[]", "_jsonb", 'A', List.of()),
                new Column("completedAt", "bigint", "int8", 'N', List.of()),
                new Column("codec", "integer", "int4", 'N', List.of()));

        assertThat(table.update(
                        "7",
                        Map.of(
                                "status", new ColumnValue.Status("COMPLETED"),
                                "progress", new ColumnValue.Numeric(1),
                                "thumbnails", new ColumnValue.Json("[]"),
                                "completedAt", new ColumnValue.CurrentTime(),
                                "codec", new ColumnValue.Text("h264"))))
                .isEmpty();
    }

    @Test
    void findsAnEnumsLabelHoweverItIsWritten() {
        Column status = new Column("status", "state", "state", 'E', List.of("processing", "Completed"));

        assertThat(status.expressionFor(new ColumnValue.Status("COMPLETED"))
                        .orElseThrow()
                        .parameter())
                .isEqualTo("Completed");
    }

    @Test
    void quotesNamesThatConfigurationGives() {
        assertThat(TableName.parse("VideoProcessingJob").quoted()).isEqualTo("\"VideoProcessingJob\"");
        assertThat(TableName.parse("public.jobs").quoted()).isEqualTo("\"public\".\"jobs\"");
        assertThat(TableName.parse("\"app\".\"Jobs\"").quoted()).isEqualTo("\"app\".\"Jobs\"");
        assertThat(TableName.parse("x\"; DROP TABLE job; --").quoted()).isEqualTo("\"x\"\"; DROP TABLE job; --\"");
    }

    private static UserTable table(Column... columns) {
        Map<String, Column> all = new LinkedHashMap<>();
        all.put("id", ID);
        for (Column column : columns) {
            all.put(column.name(), column);
        }
        return new UserTable(TableName.parse("jobs"), all);
    }
}
