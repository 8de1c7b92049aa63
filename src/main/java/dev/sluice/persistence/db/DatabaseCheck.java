package dev.sluice.persistence.db;

import dev.sluice.config.PostgresConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Checks that the database can be reached and grants the privileges that a start requires. */
final class DatabaseCheck {
    private static final int OLDEST_VERSION = 120000;
    private static final String RIGHTS = """
            SELECT current_setting('server_version_num')::int AS version,
                   current_setting('server_version') AS version_name,
                   pg_is_in_recovery() AS standby,
                   COALESCE(has_schema_privilege(to_regnamespace('sluice'), 'CREATE, USAGE'),
                            has_database_privilege(current_database(), 'CREATE')) AS can_migrate
            """;

    private final ConnectionSettings settings;

    DatabaseCheck(PostgresConfig config) {
        this.settings = new ConnectionSettings(config);
    }

    Future<List<String>> run(Vertx vertx) {
        return vertx.executeBlocking(this::findErrors, false)
                .otherwise(cause -> List.of("The database at " + settings.describe() + " cannot be used by user '"
                        + settings.user() + "': " + settings.failureReason(cause) + "."));
    }

    private List<String> findErrors() throws SQLException {
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
        }
        return errors;
    }
}
