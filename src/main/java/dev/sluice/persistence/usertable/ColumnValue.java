package dev.sluice.persistence.usertable;

/** What we have to say in one column of a user's table, before the column's type is known. */
sealed interface ColumnValue {
    /** Words. */
    record Text(String value) implements ColumnValue {}

    /** A quantity. */
    record Numeric(Number value) implements ColumnValue {}

    /** A JSON value as text. */
    record Json(String value) implements ColumnValue {}

    /** One of PENDING, PROCESSING, COMPLETED, FAILED. */
    record Status(String value) implements ColumnValue {}

    /** No value any more. */
    record Null() implements ColumnValue {}

    /** The database's time. */
    record CurrentTime() implements ColumnValue {}
}
