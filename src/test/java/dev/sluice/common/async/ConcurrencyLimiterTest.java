package dev.sluice.common.async;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConcurrencyLimiterTest {
    private final List<String> started = new ArrayList<>();
    private final Map<String, Promise<Void>> ends = new HashMap<>();
    private final Map<String, CancellationToken> cancellations = new HashMap<>();
    private final Set<String> lost = new HashSet<>();
    private final ConcurrencyLimiter<String> limiter =
            new ConcurrencyLimiter<>(2, lost::contains, this::work, Runnable::run);

    @Test
    void startsItemsInOrderUpToLimit() {
        submit("a", "b", "c", "d");
        assertThat(started).containsExactly("a", "b");

        end("b");
        assertThat(started).containsExactly("a", "b", "c");

        end("a");
        end("c");
        assertThat(started).containsExactly("a", "b", "c", "d");
    }

    @Test
    void startsNextItemWhenWorkFails() {
        submit("a", "b", "c");

        ends.get("a").fail("broken");

        assertThat(started).containsExactly("a", "b", "c");
    }

    @Test
    void dropsQueuedItemsOfLostChannel() {
        submit("a", "b", "first c", "d");

        lost.add("first c");
        submit("second c");
        end("a");
        end("b");

        assertThat(started).containsExactly("a", "b", "d", "second c");
    }

    @Test
    void drainsQueueAndCancelsRunningWork() {
        submit("a", "b", "c");

        assertThat(limiter.drainQueued()).containsExactly("c");
        List<Future<Void>> running =
                limiter.cancel(new JobException(ErrorCode.SHUTDOWN, "The worker is shutting down."));

        assertThat(cancellations.values())
                .allSatisfy(cancellation -> assertThat(cancellation.reason()).isPresent());
        assertThat(running).hasSize(2).noneMatch(Future::isComplete);
        end("a");
        end("b");
        assertThat(running).allMatch(Future::succeeded);
        assertThat(started).containsExactly("a", "b");
        assertThat(limiter.activeCount()).isZero();
    }

    private void submit(String... items) {
        for (String item : items) {
            limiter.submit(item);
        }
    }

    private void end(String item) {
        ends.get(item).complete();
    }

    private Future<Void> work(String item, CancellationToken cancellation) {
        started.add(item);
        cancellations.put(item, cancellation);
        return ends.computeIfAbsent(item, key -> Promise.promise()).future();
    }
}
