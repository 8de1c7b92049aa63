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

/** Connection settings of the asynchronous client and of the migration, both for the same database. */
public final class ConnectionSettings {
    static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    /** Longer than any wait inside a transaction; a server that sends nothing for this time is unavailable. */
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(60);
    /** Below the silence limit, so that an idle connection is never reported as broken. */
    private static final Duration IDLE_LIMIT = Duration.ofSeconds(30);
    /** A request whose time limit has expired stays in the queue of the pool until the pool serves it. */
    private static final int MAX_WAITING = 5000;
    /** Long, because Flyway waits for migrations of other hosts. */
    private static final Duration MIGRATION_STATEMENT_LIMIT = Duration.ofMinutes(10);

    /**
     * Logs host name mismatches outside the log of Sluice, although the exception reports them too. Referenced,
     * because an unreferenced logger loses its level.
     */
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
                .setMaxWaitQueueSize(MAX_WAITING)
                .setConnectionTimeout(0)
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

    /** Returns host, port and database, for log and error messages. */
    String describe() {
        PgConnectOptions options = PgConnectOptions.fromUri(config.uri());
        return options.getHost() + ":" + options.getPort() + "/" + options.getDatabase();
    }

    String user() {
        return config.user();
    }

    /** Returns why a connection failed, in one line without a full stop. */
    String failureReason(Throwable failure) {
        return TlsErrorMapper.reason(failure, "postgres.caFile", config.caFile())
                .orElseGet(() -> SchemaMigration.firstLine(failure));
    }

    /** Returns whether the server is reachable but not trusted; retrying does not help. */
    boolean isCertificateRejected(Throwable failure) {
        return config.sslMode().verifiesCertificate() && TlsErrorMapper.isCertificateRejected(failure);
    }

    private ClientSSLOptions verified() {
        return new ClientSSLOptions().setTrustOptions(TrustOptions.wrap(TrustManagers.forCaFile(config.caFile())));
    }
}
