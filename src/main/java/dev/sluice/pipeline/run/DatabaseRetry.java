package dev.sluice.pipeline.run;

import dev.sluice.common.async.AsyncRetry;
import dev.sluice.common.async.CancellableDelay;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ExponentialBackoff;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Retries statements while PostgreSQL is unavailable, so that finished work is not lost because of an outage. */
public final class DatabaseRetry {
    /**
     * How long a delivery that is not claimed is held while the database is unavailable. Brokers count redeliveries, and some
     * drop a message after a number of them; but another worker must get it if only this one is cut off.
     */
    public static final Duration MAX_HOLD = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseRetry.class);
    private static final ExponentialBackoff BACKOFF =
            new ExponentialBackoff(Duration.ofMillis(250), Duration.ofSeconds(5), 0.5);

    private final Vertx vertx;

    public DatabaseRetry(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Runs {@code statement} until the database answers or the work is cancelled; then fails with the last error. */
    public <T> Future<T> whileUnavailable(CancellationToken cancellation, Supplier<Future<T>> statement) {
        return retry(cancellation).run(statement);
    }

    /** The same for at most {@code limit} from now. */
    public <T> Future<T> whileUnavailable(
            Duration limit, CancellationToken cancellation, Supplier<Future<T>> statement) {
        return retry(cancellation).run(limit, statement);
    }

    private AsyncRetry retry(CancellationToken cancellation) {
        return new AsyncRetry(
                new CancellableDelay(vertx, cancellation),
                BACKOFF,
                DatabaseRetry::isUnavailable,
                (cause, delay) -> LOG.atWarn()
                        .addKeyValue("error", cause.getMessage())
                        .addKeyValue("retryInMs", delay.toMillis())
                        .log("database unavailable; retrying"));
    }

    private static boolean isUnavailable(Throwable cause) {
        return cause instanceof JobException failure && failure.code() == ErrorCode.DATABASE_UNAVAILABLE;
    }
}
