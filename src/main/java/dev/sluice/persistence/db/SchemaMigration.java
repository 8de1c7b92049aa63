package dev.sluice.persistence.db;

import dev.sluice.common.async.AsyncRetry;
import dev.sluice.common.async.CancellableDelay;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ExponentialBackoff;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.MigrateResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Migrates schema {@code sluice} once the database is available; several hosts may do this concurrently. */
final class SchemaMigration {
    static final String SCHEMA = "sluice";
    private static final Logger LOG = LoggerFactory.getLogger(SchemaMigration.class);
    private static final ExponentialBackoff BACKOFF =
            new ExponentialBackoff(Duration.ofMillis(250), Duration.ofSeconds(5), 0.5);
    private static final int LOGGED_ONE_OF = 12;

    private final Vertx vertx;
    private final ConnectionSettings settings;
    private final CancellationToken cancellation;
    private int failures;

    SchemaMigration(Vertx vertx, ConnectionSettings settings, CancellationToken stop) {
        this.vertx = vertx;
        this.settings = settings;
        this.cancellation = stop;
    }

    Future<Void> run() {
        return new AsyncRetry(new CancellableDelay(vertx, cancellation), BACKOFF, this::isRetryable, this::logRetry)
                .run(() -> vertx.executeBlocking(this::migrate, false))
                .recover(cause -> Future.failedFuture(cancellation.reason().orElseGet(() -> translate(cause))));
    }

    private boolean isRetryable(Throwable cause) {
        return !settings.isCertificateRejected(cause) && SqlErrorClassifier.isTransientAtStartup(cause);
    }

    private void logRetry(Throwable cause, Duration delay) {
        // At most once a minute: delays grow to five seconds.
        LOG.atLevel(failures++ % LOGGED_ONE_OF == 0 ? Level.WARN : Level.DEBUG)
                .addKeyValue("database", settings.describe())
                .addKeyValue("error", settings.failureReason(cause))
                .addKeyValue("retryInMs", delay.toMillis())
                .log("waiting for the database");
    }

    private Void migrate() throws SQLException {
        cancellation.throwIfCancelled();
        // Also separates "not started yet" from "wrong password": Flyway hides why a connection failed.
        Optional<String> pooled = TransactionPooling.problem(settings);
        if (pooled.isPresent()) {
            throw new JobException(ErrorCode.DATABASE_UNAVAILABLE, pooled.get());
        }
        MigrateResult result = Flyway.configure(SchemaMigration.class.getClassLoader())
                .dataSource(settings.jdbcDataSource())
                .locations("classpath:db/migration")
                .defaultSchema(SCHEMA)
                .schemas(SCHEMA)
                .createSchemas(true)
                .table("schema_history")
                .load()
                .migrate();
        LOG.atInfo()
                .addKeyValue("database", settings.describe())
                .addKeyValue("applied", result.migrationsExecuted)
                .log("database schema is up to date");
        return null;
    }

    private JobException translate(Throwable cause) {
        if (cause instanceof JobException stopped) {
            return stopped;
        }
        if (settings.isCertificateRejected(cause)) {
            return new JobException(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "The database at " + settings.describe() + " is not trusted: " + settings.failureReason(cause)
                            + ".",
                    cause);
        }
        if (cause instanceof SQLException refused) {
            return new JobException(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "The database at " + settings.describe() + " refuses the user '" + settings.user() + "': "
                            + firstLine(refused) + ".",
                    refused);
        }
        if (cause instanceof FlywayException refused) {
            return new JobException(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "The schema '" + SCHEMA + "' in the database at " + settings.describe()
                            + " cannot be brought up to date: " + firstLine(innermost(refused)) + ".",
                    refused);
        }
        return JobException.of(cause);
    }

    /** Returns the exception of the database, if any: the message of Flyway around it describes Flyway. */
    private static Throwable innermost(Throwable failure) {
        Throwable found = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException) {
                found = cause;
            }
        }
        return found;
    }

    static String firstLine(Throwable cause) {
        return String.valueOf(cause.getMessage())
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .findFirst()
                .map(line -> line.replaceFirst("^(FATAL|ERROR): ", "").replaceFirst("\\.$", ""))
                .orElseGet(() -> cause.getClass().getSimpleName());
    }
}
