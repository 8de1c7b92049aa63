package dev.sluice.common.async;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Runs a task until it succeeds, fails with a failure that is not retried, or is cancelled. A cancellation ends a delay at once;
 * the task is then run one last time.
 *
 * @param retryIf whether a failure is retried
 * @param onRetry receives each failure that is retried and the delay before the retry
 */
public record AsyncRetry(
        CancellableDelay delay,
        ExponentialBackoff backoff,
        Predicate<Throwable> retryIf,
        BiConsumer<Throwable, Duration> onRetry) {
    private static final Duration UNLIMITED = Duration.ofDays(10_000);

    /** Fails with the last failure of the task. */
    public <T> Future<T> run(Supplier<Future<T>> task) {
        return run(UNLIMITED, task);
    }

    /** As above; starts no retry later than {@code limit} from now. */
    public <T> Future<T> run(Duration limit, Supplier<Future<T>> task) {
        Promise<T> result = Promise.promise();
        attempt(task, 1, System.nanoTime() + limit.toNanos(), result);
        return result.future();
    }

    // A promise and not a chain of composed futures: after an outage of hours a chain would overflow the stack.
    private <T> void attempt(Supplier<Future<T>> task, int attempt, long deadline, Promise<T> result) {
        task.get().onSuccess(result::tryComplete).onFailure(cause -> {
            Duration wait = backoff.delay(attempt);
            boolean late = deadline - System.nanoTime() < wait.toNanos();
            if (late || delay.cancellation().isCancelled() || !retryIf.test(cause)) {
                result.tryFail(cause);
                return;
            }
            onRetry.accept(cause, wait);
            delay.await(wait).onComplete(waited -> attempt(task, attempt + 1, deadline, result));
        });
    }
}
