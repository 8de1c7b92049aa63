package dev.sluice.persistence.db;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A connection inside a transaction. Statements may be sent without waiting for the ones before: they run in order, and
 * after the first failure all others fail too.
 */
public class SqlSession {
    private final SqlConnection connection;

    SqlSession(SqlConnection connection) {
        this.connection = connection;
    }

    /** Runs a statement with parameters; it stays prepared on the connection. */
    public final Future<RowSet<Row>> execute(String sql, @Nullable Object... parameters) {
        return execute(new SqlStatement(sql, Arrays.asList(parameters)));
    }

    public Future<RowSet<Row>> execute(SqlStatement statement) {
        return connection.preparedQuery(statement.sql()).execute(Tuple.from(statement.parameters()));
    }

    /** Runs a statement without parameters, or several separated by semicolons. */
    public final Future<Void> executeRaw(String sql) {
        return connection.query(sql).execute().mapEmpty();
    }

    /** Sets the savepoint that {@link #rollbackToSavepoint} returns to. */
    public Future<Void> savepoint() {
        return executeRaw("SAVEPOINT marked");
    }

    /** Rolls back to the savepoint; afterwards statements can be run again. */
    public Future<Void> rollbackToSavepoint() {
        return executeRaw("ROLLBACK TO SAVEPOINT marked");
    }
}
