package dev.sluice.persistence.db;

import dev.sluice.config.PostgresConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks that the database can be reached and grants the privileges that a start requires. */
public final class DatabaseCheck {
    private static final int OLDEST_VERSION = 120000;
    private static final String RIGHTS = """
            SELECT current_setting('server_version_num')::int AS version,
                   current_setting('server_version') AS version_name,
                   pg_is_in_recovery() AS standby,
                   COALESCE(has_schema_privilege(to_regnamespace('sluice'), 'CREATE')
                                AND has_schema_privilege(to_regnamespace('sluice'), 'USAGE'),
                            has_database_privilege(current_database(), 'CREATE')) AS can_migrate
            """;
    /** Of the job table, if there is none, for the schema in which it would be created. */
    private static final String TABLE_RIGHTS = """
            SELECT has_table_privilege(to_regclass(?), 'SELECT') AND has_table_privilege(to_regclass(?), 'UPDATE') AS usable,
                   schema, has_schema_privilege(to_regnamespace(quote_ident(schema)), 'CREATE') AS creatable
              FROM (SELECT COALESCE(?, current_schema()::text) AS schema) AS s
            """;

    /**
     * A table of the user.
     *
     * @param name quoted for SQL
     * @param schema empty: the current schema
     * @param created whether it is created if it is missing
     */
    public record Table(String name, Optional<String> schema, boolean created) {}

    private final ConnectionSettings settings;
    private final List<Table> tables;

    DatabaseCheck(PostgresConfig config, List<Table> tables) {
        this.settings = new ConnectionSettings(config);
        this.tables = List.copyOf(tables);
    }

    Future<List<String>> run(Vertx vertx) {
        return vertx.executeBlocking(this::findErrors, false)
                .otherwise(cause -> List.of("The database at " + settings.describe() + " cannot be used by user '"
                        + settings.user() + "': " + settings.failureReason(cause) + "."));
    }

    private List<String> findErrors() throws SQLException {
        Optional<String> pooled = TransactionPooling.problem(settings);
        if (pooled.isPresent()) {
            return List.of(pooled.get());
        }
        List<String> errors = new ArrayList<>();
        try (Connection connection = settings.jdbcDataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(RIGHTS)) {
            found.next();
            if (found.getInt("version") < OLDEST_VERSION) {
                errors.add("PostgreSQL " + found.getString("version_name") + " at " + settings.describe()
                        + " is too old: version 12 or newer is required.");
            }
            if (found.getBoolean("standby")) {
                errors.add("The database at " + settings.describe() + " is a read-only standby.");
            }
            if (!found.getBoolean("can_migrate")) {
                errors.add("The user '" + settings.user() + "' may not make the schema '" + SchemaMigration.SCHEMA
                        + "' in the database at " + settings.describe() + ": grant CREATE on the database.");
            }
            for (Table table : tables) {
                check(connection, table).ifPresent(errors::add);
            }
        }
        return errors;
    }

    private Optional<String> check(Connection connection, Table table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TABLE_RIGHTS)) {
            statement.setString(1, table.name());
            statement.setString(2, table.name());
            statement.setString(3, table.schema().orElse(null));
            try (ResultSet found = statement.executeQuery()) {
                found.next();
                boolean usable = found.getBoolean("usable");
                if (!found.wasNull()) {
                    return usable
                            ? Optional.empty()
                            : Optional.of("The user '" + settings.user() + "' may not read and update the table "
                                    + table.name() + ": grant SELECT and UPDATE on it.");
                }
                return table.created() && !found.getBoolean("creatable")
                        ? Optional.of("The table " + table.name() + " does not exist, and the user '" + settings.user()
                                + "' may not create it: grant CREATE on the schema '" + found.getString("schema")
                                + "', or create the table.")
                        : Optional.empty();
            }
        }
    }
}
