package dev.sluice.persistence.db;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * Detects a connection pooler that assigns a server connection for the time of a transaction only, as PgBouncer does with
 * {@code pool_mode=transaction}. Named prepared statements, notifications and session locks do not work through it. Blocking.
 */
final class TransactionPooling {
    private static final String CHANNEL = "sluice_pooling";
    /** With a single server connection the pooler lets the first client wait for the second. */
    private static final int SINGLE_CONNECTION_SECONDS = 5;

    private TransactionPooling() {}

    /**
     * Returns why the database cannot be used, if so.
     *
     * @throws SQLException if the database cannot be reached
     */
    static Optional<String> problem(ConnectionSettings settings) throws SQLException {
        return isActive(settings)
                ? Optional.of("The database at " + settings.describe()
                        + " is behind a connection pooler that assigns connections to transactions. Sluice needs sessions:"
                        + " set pool_mode=session in PgBouncer, or connect to PostgreSQL directly.")
                : Optional.empty();
    }

    private static boolean isActive(ConnectionSettings settings) throws SQLException {
        PGSimpleDataSource impatient = withoutPreparedStatements(settings);
        impatient.setSocketTimeout(SINGLE_CONNECTION_SECONDS);
        try (Connection first = impatient.getConnection();
                Connection second = withoutPreparedStatements(settings).getConnection()) {
            execute(first, "LISTEN " + CHANNEL);
            // A pooler assigns the connection that the first client has used last.
            second.setAutoCommit(false);
            execute(second, "SELECT 1");
            boolean active = !isListening(first);
            execute(second, "UNLISTEN " + CHANNEL);
            second.commit();
            return active;
        }
    }

    private static PGSimpleDataSource withoutPreparedStatements(ConnectionSettings settings) {
        PGSimpleDataSource source = settings.jdbcDataSource();
        source.setPreferQueryMode(PreferQueryMode.SIMPLE);
        return source;
    }

    private static boolean isListening(Connection connection) {
        try (Statement statement = connection.createStatement();
                ResultSet channels = statement.executeQuery(
                        "SELECT 1 FROM pg_listening_channels() AS c WHERE c = '" + CHANNEL + "'")) {
            return channels.next();
        } catch (SQLException waitsForTheSecond) {
            return false;
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
