package dev.sluice.persistence.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.ServicesExtension;
import dev.sluice.common.tls.TestCertificateAuthority;
import dev.sluice.config.PostgresConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.standalone.embedded.EmbeddedDatabase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import io.vertx.pgclient.PgConnection;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that takes TLS and plain connections, its certificate made out to {@code localhost}. */
@ExtendWith({VertxExtension.class, ServicesExtension.class})
@Timeout(120)
class DatabaseTlsIT {
    private static final String IN_USE = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    private static final long SECONDS = 20;

    @TempDir
    static Path directory;

    private static TestDatabase plain;
    private static EmbeddedDatabase server;
    private static Vertx vertx;

    @BeforeAll
    static void start(Vertx sharedVertx, TestDatabase plainDatabase) throws Exception {
        vertx = sharedVertx;
        // The first server of a JVM unpacks the programs for all: not into a directory that goes away with this test.
        plain = plainDatabase;
        server = EmbeddedDatabase.start(directory);
        TestDatabase database = new TestDatabase(server, "sluice");
        database.execute("ALTER SYSTEM SET ssl_cert_file = '"
                + TestCertificateAuthority.known().certificate() + "'");
        database.execute("ALTER SYSTEM SET ssl_key_file = '"
                + TestCertificateAuthority.known().key() + "'");
        database.execute("ALTER SYSTEM SET ssl = on");
        database.query("SELECT pg_reload_conf()");
        await().atMost(Duration.ofSeconds(SECONDS))
                .until(() -> database.value("SHOW ssl").equals("on"));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "localhost, '', none, true",
        "localhost, disable, none, false",
        "localhost, allow, none, false",
        "localhost, prefer, none, true",
        "127.0.0.1, require, none, true",
        "127.0.0.1, require, known, true",
        "127.0.0.1, verify-ca, known, true",
        "localhost, verify-full, known, true",
    })
    void bothWaysConnectAsTheModeSays(String host, String mode, String authority, boolean tls) throws Exception {
        PostgresConfig config = config(host, mode, authority);

        Database database = Database.open(vertx, config).await(SECONDS, TimeUnit.SECONDS);

        boolean inPool = database.execute(IN_USE)
                .map(rows -> rows.iterator().next().getBoolean(0))
                .await(SECONDS, TimeUnit.SECONDS);
        database.close().await(SECONDS, TimeUnit.SECONDS);
        assertThat(inPool).isEqualTo(tls);
        assertThat(inMigrations(config)).isEqualTo(tls);
        assertThat(Database.check(vertx, config, List.of()).await(SECONDS, TimeUnit.SECONDS))
                .isEmpty();
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "localhost | require | unknown | was issued by none of the authorities in postgres.caFile (",
                "localhost | verify-ca | unknown | was issued by none of the authorities in postgres.caFile (",
                "localhost | verify-full | unknown | was issued by none of the authorities in postgres.caFile (",
                "localhost | verify-full | none | was issued by no authority that this JVM trusts; set postgres.caFile",
                "127.0.0.1 | verify-full | known | does not match the host name ("
            })
    void neitherWayConnectsToAServerThatIsNotTrusted(String host, String mode, String authority, String reason) {
        PostgresConfig config = config(host, mode, authority);
        String where = host + ":" + server.port() + "/sluice";

        assertThatThrownBy(() -> Database.open(vertx, config).await(SECONDS, TimeUnit.SECONDS))
                .isInstanceOf(JobException.class)
                .satisfies(failure ->
                        assertThat(((JobException) failure).code()).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE))
                .hasMessageStartingWith("The database at " + where + " is not trusted: its certificate " + reason)
                .hasMessageEndingWith(".");
        assertThat(Database.check(vertx, config, List.of()).await())
                .singleElement()
                .asString()
                .startsWith(
                        "The database at " + where + " cannot be used by user 'postgres': its certificate " + reason);
        assertThatThrownBy(() -> PgConnection.connect(vertx, new ConnectionSettings(config).connectOptions())
                        .await(SECONDS, TimeUnit.SECONDS))
                .isInstanceOf(Exception.class);
    }

    @Test
    void asksForTlsInVainWhereThereIsNone() {
        PostgresConfig config = read(
                plain.config().uri() + "?sslmode=require",
                plain.config().user(),
                plain.config().password().reveal(),
                new JsonObject());

        assertThat(Database.check(vertx, config, List.of()).await())
                .singleElement()
                .asString()
                .contains("does not support SSL");
    }

    private static boolean inMigrations(PostgresConfig config) throws SQLException {
        try (Connection connection =
                        new ConnectionSettings(config).jdbcDataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(IN_USE)) {
            found.next();
            return found.getBoolean(1);
        }
    }

    private static PostgresConfig config(String host, String mode, String authority) {
        String uri = "postgresql://" + host + ":" + server.port() + "/sluice"
                + (mode == null || mode.isEmpty() ? "" : "?sslmode=" + mode);
        return read(
                uri,
                server.user(),
                server.password(),
                switch (authority) {
                    case "known" -> caFile(TestCertificateAuthority.known());
                    case "unknown" -> caFile(TestCertificateAuthority.unknown());
                    default -> new JsonObject();
                });
    }

    private static JsonObject caFile(TestCertificateAuthority authority) {
        return new JsonObject().put("caFile", authority.caPem().toString());
    }

    private static PostgresConfig read(String uri, String user, String password, JsonObject more) {
        JsonObject postgres = new JsonObject()
                .put("uri", uri)
                .put("user", user)
                .put("password", password)
                .mergeIn(more);
        return SluiceConfig.read(new JsonObject().put("postgres", postgres), Map.of())
                .postgres();
    }
}
