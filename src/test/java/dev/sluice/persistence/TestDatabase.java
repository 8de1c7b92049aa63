package dev.sluice.persistence;

import dev.sluice.config.PostgresConfig;
import dev.sluice.config.value.Secret;
import dev.sluice.config.value.SslMode;
import dev.sluice.standalone.embedded.EmbeddedDatabase;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A database that a test inspects with its own connections. */
public final class TestDatabase {
    private final EmbeddedDatabase server;
    private final String name;

    public TestDatabase(EmbeddedDatabase server, String name) {
        this.server = server;
        this.name = name;
    }

    public PostgresConfig config() {
        return config("VideoProcessingJob", "media");
    }

    /** Section {@code postgres} of a configuration file. */
    public JsonObject settings() {
        return new JsonObject().put("uri", uri()).put("user", server.user()).put("password", server.password());
    }

    public PostgresConfig config(String jobTable, String mediaTable) {
        return new PostgresConfig(
                uri(),
                SslMode.PREFER,
                Optional.empty(),
                server.user(),
                new Secret(server.password()),
                4,
                jobTable,
                mediaTable,
                "userId");
    }

    /** Executes statements separated by semicolons. */
    public void execute(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException refused) {
            throw new IllegalStateException(refused);
        }
    }

    /** All rows as maps from column to text. */
    public List<Map<String, String>> query(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            List<Map<String, String>> rows = new ArrayList<>();
            while (found.next()) {
                Map<String, String> row = new LinkedHashMap<>();
                for (int column = 1; column <= found.getMetaData().getColumnCount(); column++) {
                    row.put(found.getMetaData().getColumnLabel(column), found.getString(column));
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException refused) {
            throw new IllegalStateException(refused);
        }
    }

    /** The first column of the single row. */
    public String value(String sql) {
        List<Map<String, String>> rows = query(sql);
        if (rows.size() != 1) {
            throw new AssertionError(rows.size() + " rows instead of one: " + sql);
        }
        return rows.get(0).values().iterator().next();
    }

    /** Opens a connection, for example to hold locks. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:" + uri(), server.user(), server.password());
    }

    private String uri() {
        return "postgresql://127.0.0.1:" + server.port() + "/" + name;
    }
}
