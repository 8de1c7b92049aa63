package dev.sluice.persistence.usertable;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A column of a user's table as described by the catalog.
 *
 * @param type as SQL writes it, with schema and length
 * @param base the bare name of the type, below any domain
 * @param category PostgreSQL's code: S string, E enum, N number, D date and time, U user-defined (includes json)
 * @param labels of an enum, else empty
 */
record Column(String name, String type, String base, char category, List<String> labels) {
    private static final String ISO_8601 = "'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'";

    Column {
        labels = List.copyOf(labels);
    }

    /** Returns the expression that writes {@code cell} into this column; empty if the types are incompatible. */
    Optional<SqlExpression> expressionFor(ColumnValue cell) {
        if (cell instanceof ColumnValue.Text text) {
            return category == 'S' || base.equals("uuid") ? asText(text.value()) : Optional.empty();
        }
        if (cell instanceof ColumnValue.Numeric quantity) {
            return switch (category) {
                case 'N' ->
                    Optional.of(new SqlExpression(
                            "%s::text::numeric::" + type, quantity.value().toString()));
                case 'S' -> asText(quantity.value().toString());
                default -> Optional.empty();
            };
        }
        if (cell instanceof ColumnValue.Json json) {
            boolean fits = base.equals("json") || base.equals("jsonb") || category == 'S';
            return fits ? asText(json.value()) : Optional.empty();
        }
        if (cell instanceof ColumnValue.Status status) {
            return statusLabel(status).flatMap(this::asText);
        }
        return cell instanceof ColumnValue.Null ? Optional.of(new SqlExpression("NULL", null)) : time();
    }

    private Optional<SqlExpression> asText(String value) {
        return Optional.of(new SqlExpression("%s::text::" + type, value));
    }

    /** Returns the status as this column stores it; an enum label may differ in case; empty if there is none. */
    Optional<String> statusLabel(ColumnValue.Status status) {
        return category == 'S'
                ? Optional.of(status.value())
                : labels.stream().filter(status.value()::equalsIgnoreCase).findFirst();
    }

    /** Returns the current time in the type of this column; empty if the column stores no time. */
    Optional<String> currentTimestamp() {
        return switch (base) {
            case "timestamptz" -> Optional.of("now()");
            // An ORM reads a time without a zone as UTC.
            case "timestamp" -> Optional.of("(now() AT TIME ZONE 'UTC')");
            default -> Optional.empty();
        };
    }

    /** Returns the expression that reads this column as text; times as ISO 8601 in UTC. */
    String asText() {
        String column = TableName.quote(name);
        return switch (base) {
            case "timestamptz" -> "to_char(" + column + " AT TIME ZONE 'UTC', " + ISO_8601 + ")";
            case "timestamp" -> "to_char(" + column + ", " + ISO_8601 + ")";
            default -> column + "::text";
        };
    }

    private Optional<SqlExpression> time() {
        return switch (base) {
            case "timestamptz", "timestamp" -> currentTimestamp().map(now -> new SqlExpression(now, null));
            case "text", "varchar" ->
                Optional.of(new SqlExpression("to_char(now() AT TIME ZONE 'UTC', " + ISO_8601 + ")", null));
            default -> Optional.empty();
        };
    }

    /**
     * An expression for one column.
     *
     * @param sql with {@code %s} where the parameter goes, if it has one
     */
    record SqlExpression(String sql, @Nullable String parameter) {}
}
