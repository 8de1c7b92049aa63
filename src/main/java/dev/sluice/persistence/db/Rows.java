package dev.sluice.persistence.db;

import io.vertx.sqlclient.Row;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Rows of a query as a stream. */
public final class Rows {
    private Rows() {}

    public static Stream<Row> stream(Iterable<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false);
    }
}
