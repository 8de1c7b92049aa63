package dev.sluice.common.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AsyncRetryTest {
    private static final ExponentialBackoff SHORT =
            new ExponentialBackoff(Duration.ofNanos(1), Duration.ofNanos(1), 0.5);
    private static final ExponentialBackoff LONG = new ExponentialBackoff(Duration.ofDays(1), Duration.ofDays(1), 0.5);

    private final Vertx vertx = Vertx.vertx();
    private final CancellationToken cancellation = new CancellationToken();
    private final AtomicInteger runs = new AtomicInteger();
    private final List<String> retried = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    @Test
    void retriesUntilTaskSucceeds() throws Exception {
        Future<Integer> result = retry(SHORT).run(() -> failUntil(4));

        assertThat(result.await(10, TimeUnit.SECONDS)).isEqualTo(4);
        assertThat(retried).containsExactly("failure 1", "failure 2", "failure 3");
    }

    @Test
    void failsWithFailureThatIsNotRetried() {
        Future<Void> result = retry(SHORT).run(() -> Future.failedFuture(new IllegalArgumentException("bug")));

        assertThatThrownBy(() -> result.await(10, TimeUnit.SECONDS)).hasMessage("bug");
        assertThat(retried).isEmpty();
    }

    @Test
    void failsWithLastFailureWhenLimitIsExceeded() {
        Future<Integer> result = retry(LONG).run(Duration.ofHours(1), () -> failUntil(2));

        assertThatThrownBy(() -> result.await(10, TimeUnit.SECONDS)).hasMessage("failure 1");
    }

    @Test
    void runsTaskOnceMoreWhenCancelledDuringDelay() {
        Future<Integer> result = retry(LONG).run(() -> failUntil(100));

        cancellation.cancel(new JobException(ErrorCode.SHUTDOWN, "The worker is shutting down."));

        assertThatThrownBy(() -> result.await(10, TimeUnit.SECONDS)).hasMessage("failure 2");
    }

    /** A chain of composed futures would overflow the stack. */
    @Test
    void survivesManyRetries() throws Exception {
        Future<Integer> result = retry(SHORT).run(() -> failUntil(5_000));

        assertThat(result.await(60, TimeUnit.SECONDS)).isEqualTo(5_000);
    }

    private AsyncRetry retry(ExponentialBackoff backoff) {
        return new AsyncRetry(
                new CancellableDelay(vertx, cancellation),
                backoff,
                IllegalStateException.class::isInstance,
                (cause, delay) -> retried.add(String.valueOf(cause.getMessage())));
    }

    private Future<Integer> failUntil(int run) {
        int current = runs.incrementAndGet();
        return current < run
                ? Future.failedFuture(new IllegalStateException("failure " + current))
                : Future.succeededFuture(current);
    }
}
