package dev.sluice.persistence.db;

import dev.sluice.common.tls.TlsErrorMapper;
import dev.sluice.common.tls.TrustManagers;
import dev.sluice.config.PostgresConfig;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.PoolOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.postgresql.ds.PGSimpleDataSource;

/** How the two clients, the asynchronous one and the one that migrates, reach the same database. */
public final class ConnectionSettings {
    static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    /** Longer than anything we wait for inside a transaction; a server that says nothing for so long is gone. */
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(60);
    /** Below the limit on silence, so that idling alone never breaks a connection. */
    private static final Duration IDLE_LIMIT = Duration.ofSeconds(30);
    /** Flyway waits for other hosts that migrate. */
    private static final Duration MIGRATION_STATEMENT_LIMIT = Duration.ofMinutes(10);

    /** Says of a host name that is not the certificate's, past our log, what the failure says too. Held, or it is forgotten. */
    private static final Logger DRIVERS_TLS = Logger.getLogger("org.postgresql.ssl");

    static {
        DRIVERS_TLS.setLevel(Level.OFF);
    }

    private final PostgresConfig config;

    public ConnectionSettings(PostgresConfig config) {
        this.config = config;
    }

    public PgConnectOptions connectOptions() {
        PgConnectOptions options = PgConnectOptions.fromUri(config.uri())
                .setUser(config.user())
                .setPassword(config.password().reveal())
                .setSslMode(SslMode.of(config.sslMode().parameterValue()))
                .setCachePreparedStatements(true)
                .addProperty("application_name", "sluice");
        return options.setSslOptions(
                switch (config.sslMode()) {
                    case VERIFY_CA -> verified();
                    case VERIFY_FULL -> verified().setHostnameVerificationAlgorithm("HTTPS");
                    case DISABLE, ALLOW, PREFER, REQUIRE -> new ClientSSLOptions().setTrustAll(true);
                });
    }

    NetClientOptions netOptions() {
        return new NetClientOptions()
                .setConnectTimeout((int) CONNECT_LIMIT.toMillis())
                .setReadIdleTimeout((int) SILENCE_LIMIT.toSeconds())
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setTcpKeepAlive(true)
                .setTcpNoDelay(true);
    }

    PoolOptions poolOptions() {
        return new PoolOptions()
                .setMaxSize(config.poolSize())
                .setConnectionTimeout((int) CONNECT_LIMIT.toSeconds())
                .setConnectionTimeoutUnit(TimeUnit.SECONDS)
                .setIdleTimeout((int) IDLE_LIMIT.toSeconds())
                .setIdleTimeoutUnit(TimeUnit.SECONDS);
    }

    PGSimpleDataSource jdbcDataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl("jdbc:" + config.uri().replaceFirst("^postgres:", "postgresql:"));
        source.setUser(config.user());
        source.setPassword(config.password().reveal());
        source.setConnectTimeout((int) CONNECT_LIMIT.toSeconds());
        source.setLoginTimeout((int) CONNECT_LIMIT.toSeconds());
        source.setSocketTimeout((int) MIGRATION_STATEMENT_LIMIT.toSeconds());
        source.setTcpKeepAlive(true);
        source.setApplicationName("sluice");
        source.setSslMode(config.sslMode().parameterValue());
        if (config.caFile().isPresent()) {
            source.setSslRootCert(config.caFile().get().path().toString());
        } else if (config.sslMode().verifiesCertificate()) {
            source.setSslfactory("org.postgresql.ssl.DefaultJavaSSLFactory");
        }
        return source;
    }

    /** Host, port and database, for logs and sentences. */
    String describe() {
        PgConnectOptions options = PgConnectOptions.fromUri(config.uri());
        return options.getHost() + ":" + options.getPort() + "/" + options.getDatabase();
    }

    String user() {
        return config.user();
    }

    /** Why a connection did not come about, in one line without a full stop. */
    String failureReason(Throwable failure) {
        return TlsErrorMapper.reason(failure, "postgres.caFile", config.caFile())
                .orElseGet(() -> SchemaMigration.firstLine(failure));
    }

    /** Whether the server was reached and not believed, which no waiting mends. */
    boolean isCertificateRejected(Throwable failure) {
        return config.sslMode().verifiesCertificate() && TlsErrorMapper.isCertificateRejected(failure);
    }

    private ClientSSLOptions verified() {
        return new ClientSSLOptions().setTrustOptions(TrustOptions.wrap(TrustManagers.forCaFile(config.caFile())));
    }
}
