package dev.sluice.store;

import dev.sluice.config.PostgresConfig;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** How the two clients, the asynchronous one and the one that migrates, reach the same database. */
final class ConnectionSettings {
    static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    /** Longer than anything we wait for inside a transaction; a server that says nothing for so long is gone. */
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(60);
    /** Below the limit on silence, so that idling alone never breaks a connection. */
    private static final Duration IDLE_LIMIT = Duration.ofSeconds(30);
    /** Flyway waits for other hosts that migrate. */
    private static final Duration MIGRATION_STATEMENT_LIMIT = Duration.ofMinutes(10);

    private final PostgresConfig config;

    ConnectionSettings(PostgresConfig config) {
        this.config = config;
    }

    PgConnectOptions connect() {
        PgConnectOptions options = PgConnectOptions.fromUri(config.uri())
                .setUser(config.user())
                .setPassword(config.password().reveal())
                .setCachePreparedStatements(true)
                .addProperty("application_name", "sluice");
        return options.setSslOptions(
                switch (options.getSslMode()) {
                    case VERIFY_CA -> new ClientSSLOptions().setTrustOptions(trustOfThisJvm());
                    case VERIFY_FULL ->
                        new ClientSSLOptions()
                                .setTrustOptions(trustOfThisJvm())
                                .setHostnameVerificationAlgorithm("HTTPS");
                    case DISABLE, ALLOW, PREFER, REQUIRE -> new ClientSSLOptions().setTrustAll(true);
                });
    }

    NetClientOptions transport() {
        return new NetClientOptions()
                .setConnectTimeout((int) CONNECT_LIMIT.toMillis())
                .setReadIdleTimeout((int) SILENCE_LIMIT.toSeconds())
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setTcpKeepAlive(true)
                .setTcpNoDelay(true);
    }

    PoolOptions pool() {
        return new PoolOptions()
                .setMaxSize(config.poolSize())
                .setConnectionTimeout((int) CONNECT_LIMIT.toSeconds())
                .setConnectionTimeoutUnit(TimeUnit.SECONDS)
                .setIdleTimeout((int) IDLE_LIMIT.toSeconds())
                .setIdleTimeoutUnit(TimeUnit.SECONDS);
    }

    PGSimpleDataSource migrations() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl("jdbc:" + config.uri().replaceFirst("^postgres:", "postgresql:"));
        source.setUser(config.user());
        source.setPassword(config.password().reveal());
        source.setConnectTimeout((int) CONNECT_LIMIT.toSeconds());
        source.setLoginTimeout((int) CONNECT_LIMIT.toSeconds());
        source.setSocketTimeout((int) MIGRATION_STATEMENT_LIMIT.toSeconds());
        source.setTcpKeepAlive(true);
        source.setApplicationName("sluice");
        @Nullable String mode = source.getSslMode();
        if (mode != null && mode.startsWith("verify")) {
            source.setSslfactory("org.postgresql.ssl.DefaultJavaSSLFactory");
        }
        return source;
    }

    /** Host, port and database, for logs and sentences. */
    String where() {
        PgConnectOptions options = PgConnectOptions.fromUri(config.uri());
        return options.getHost() + ":" + options.getPort() + "/" + options.getDatabase();
    }

    String user() {
        return config.user();
    }

    private static TrustOptions trustOfThisJvm() {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            return TrustOptions.wrap(factory.getTrustManagers()[0]);
        } catch (GeneralSecurityException noTrustStore) {
            throw new IllegalStateException("this JVM has no trust store", noTrustStore);
        }
    }
}
