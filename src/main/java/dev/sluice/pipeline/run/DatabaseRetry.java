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

/** Retries statements while the database is unavailable, so that an outage does not discard completed work. */
public final class DatabaseRetry {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseRetry.class);
    private static final ExponentialBackoff BACKOFF =
            new ExponentialBackoff(Duration.ofMillis(250), Duration.ofSeconds(5), 0.5);

    private final AsyncRetry retry;

    public DatabaseRetry(Vertx vertx, CancellationToken cancellation) {
        this.retry = new AsyncRetry(
                new CancellableDelay(vertx, cancellation),
                BACKOFF,
                DatabaseRetry::isUnavailable,
                (cause, delay) -> LOG.atWarn()
                        .addKeyValue("error", cause.getMessage())
                        .addKeyValue("retryInMs", delay.toMillis())
                        .log("database unavailable; retrying"));
    }

    /** Runs {@code statement} until the database answers or the work is cancelled; then fails with the last failure. */
    <T> Future<T> retryWhileUnavailable(Supplier<Future<T>> statement) {
        return retry.run(statement);
    }

    /** As above, for at most {@code limit} from now. */
    public <T> Future<T> retryWhileUnavailable(Duration limit, Supplier<Future<T>> statement) {
        return retry.run(limit, statement);
    }

    private static boolean isUnavailable(Throwable cause) {
        return cause instanceof JobException failure && failure.code() == ErrorCode.DATABASE_UNAVAILABLE;
    }
}
