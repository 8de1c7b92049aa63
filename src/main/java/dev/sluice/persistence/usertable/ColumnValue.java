package dev.sluice.persistence.usertable;

/** A value for one column of a user's table, before the type of the column is known. */
sealed interface ColumnValue {
    /** A text. */
    record Text(String value) implements ColumnValue {}

    /** A number. */
    record Numeric(Number value) implements ColumnValue {}

    /** A JSON value as text. */
    record Json(String value) implements ColumnValue {}

    /** One of PENDING, PROCESSING, COMPLETED, FAILED. */
    record Status(String value) implements ColumnValue {}

    /** Removes the value. */
    record Null() implements ColumnValue {}

    /** The current time of the database. */
    record CurrentTime() implements ColumnValue {}
}
