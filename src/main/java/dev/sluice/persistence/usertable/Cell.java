package dev.sluice.persistence.usertable;

/** What we have to say in one column of a user's table, before the column's type is known. */
sealed interface Cell {
    /** Words. */
    record Text(String value) implements Cell {}

    /** A quantity. */
    record Quantity(Number value) implements Cell {}

    /** A JSON value as text. */
    record Json(String value) implements Cell {}

    /** One of PENDING, PROCESSING, COMPLETED, FAILED. */
    record Status(String value) implements Cell {}

    /** No value any more. */
    record Nothing() implements Cell {}

    /** The database's time. */
    record Now() implements Cell {}
}
