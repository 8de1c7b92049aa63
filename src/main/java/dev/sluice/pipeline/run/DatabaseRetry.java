package dev.sluice.pipeline.run;

import dev.sluice.common.async.CancellableDelay;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
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
    private static final Duration INITIAL_DELAY = Duration.ofMillis(250);
    private static final Duration MAX_DELAY = Duration.ofSeconds(5);
    private static final Duration UNLIMITED = Duration.ofDays(10_000);

    private final Vertx vertx;

    public DatabaseRetry(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Runs {@code statement} until the database answers or the work is cancelled; then fails with the last error. */
    public <T> Future<T> whileUnavailable(CancellationToken cancellation, Supplier<Future<T>> statement) {
        return whileUnavailable(UNLIMITED, cancellation, statement);
    }

    /** The same for at most {@code limit} from now. */
    public <T> Future<T> whileUnavailable(
            Duration limit, CancellationToken cancellation, Supplier<Future<T>> statement) {
        Promise<T> answered = Promise.promise();
        attempt(statement, cancellation, INITIAL_DELAY, System.nanoTime() + limit.toNanos(), answered);
        return answered.future();
    }

    // A promise and not a chain of composed futures: a database that is away for a day would end in as deep a stack.
    private <T> void attempt(
            Supplier<Future<T>> statement,
            CancellationToken cancellation,
            Duration wait,
            long end,
            Promise<T> answered) {
        statement.get().onSuccess(answered::tryComplete).onFailure(cause -> {
            boolean over = end - System.nanoTime() < wait.toNanos();
            if (!isUnavailable(cause) || over || cancellation.reason().isPresent()) {
                answered.tryFail(cause);
                return;
            }
            LOG.atWarn()
                    .addKeyValue("error", cause.getMessage())
                    .addKeyValue("retryInMs", wait.toMillis())
                    .log("database unavailable; retrying");
            Duration twice = wait.multipliedBy(2);
            Duration next = twice.compareTo(MAX_DELAY) > 0 ? MAX_DELAY : twice;
            // Cancellation ends the delay: one more attempt follows immediately.
            new CancellableDelay(vertx, cancellation)
                    .await(wait)
                    .onComplete(waited -> attempt(statement, cancellation, next, end, answered));
        });
    }

    private static boolean isUnavailable(Throwable cause) {
        return cause instanceof JobException failure && failure.code() == ErrorCode.DATABASE_UNAVAILABLE;
    }
}
