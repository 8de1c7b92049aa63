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

/** Tries again while the database is away: work that is done is not thrown away because its commit came at a bad moment. */
public final class DatabaseRetry {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseRetry.class);
    private static final Duration INITIAL_DELAY = Duration.ofMillis(250);
    private static final Duration MAX_DELAY = Duration.ofSeconds(5);
    private static final Duration UNLIMITED = Duration.ofDays(10_000);

    private final Vertx vertx;
    private final CancellationToken cancellation;

    public DatabaseRetry(Vertx vertx, CancellationToken cancellation) {
        this.vertx = vertx;
        this.cancellation = cancellation;
    }

    /** Runs {@code statement} until it is answered or the work is cancelled; then fails with what the database said last. */
    <T> Future<T> retryWhileUnavailable(Supplier<Future<T>> statement) {
        return retryWhileUnavailable(UNLIMITED, statement);
    }

    /** The same, for no longer than {@code limit} from now. */
    public <T> Future<T> retryWhileUnavailable(Duration limit, Supplier<Future<T>> statement) {
        Promise<T> answered = Promise.promise();
        attempt(statement, INITIAL_DELAY, System.nanoTime() + limit.toNanos(), answered);
        return answered.future();
    }

    // A promise and not a chain of composed futures: a database that is away for a day would end in as deep a stack.
    private <T> void attempt(Supplier<Future<T>> statement, Duration wait, long end, Promise<T> answered) {
        statement.get().onSuccess(answered::tryComplete).onFailure(cause -> {
            boolean over = end - System.nanoTime() < wait.toNanos();
            if (!isUnavailable(cause) || over || cancellation.reason().isPresent()) {
                answered.tryFail(cause);
                return;
            }
            LOG.atWarn()
                    .addKeyValue("error", cause.getMessage())
                    .addKeyValue("waitMs", wait.toMillis())
                    .log("database away, will try again");
            Duration twice = wait.multipliedBy(2);
            Duration next = twice.compareTo(MAX_DELAY) > 0 ? MAX_DELAY : twice;
            // When the work is told to end there is still one try more, at once.
            new CancellableDelay(vertx, cancellation)
                    .await(wait)
                    .onComplete(waited -> attempt(statement, next, end, answered));
        });
    }

    private static boolean isUnavailable(Throwable cause) {
        return cause instanceof JobException failure && failure.code() == ErrorCode.DATABASE_UNAVAILABLE;
    }
}
