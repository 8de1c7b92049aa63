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
    private final List<String> begun = new ArrayList<>();
    private final Map<String, Promise<Void>> ends = new HashMap<>();
    private final Map<String, CancellationToken> told = new HashMap<>();
    private final Set<String> lost = new HashSet<>();
    private final ConcurrencyLimiter<String> limiter =
            new ConcurrencyLimiter<>(2, lost::contains, this::work, Runnable::run);

    @Test
    void beginsNoMoreThanThereAreSlotsAndTheRestInOrder() {
        take("a", "b", "c", "d");
        assertThat(begun).containsExactly("a", "b");

        end("b");
        assertThat(begun).containsExactly("a", "b", "c");

        end("a");
        end("c");
        assertThat(begun).containsExactly("a", "b", "c", "d");
    }

    @Test
    void freesASlotHoweverItsWorkEnded() {
        take("a", "b", "c");

        ends.get("a").fail("broken");

        assertThat(begun).containsExactly("a", "b", "c");
    }

    @Test
    void doesNotBeginWhatComesAgainOverAnotherChannel() {
        take("a", "b", "first c", "d");

        lost.add("first c");
        take("second c");
        end("a");
        end("b");

        assertThat(begun).containsExactly("a", "b", "d", "second c");
    }

    @Test
    void handsOutWhatWaitsAndTellsTheRestToEnd() {
        take("a", "b", "c");

        assertThat(limiter.drainQueued()).containsExactly("c");
        List<Future<Void>> ending =
                limiter.cancel(new JobException(ErrorCode.SHUTDOWN, "The worker is shutting down."));

        assertThat(told.values())
                .allSatisfy(cancellation -> assertThat(cancellation.reason()).isPresent());
        assertThat(ending).hasSize(2).noneMatch(Future::isComplete);
        end("a");
        end("b");
        assertThat(ending).allMatch(Future::succeeded);
        assertThat(begun).containsExactly("a", "b");
        assertThat(limiter.activeCount()).isZero();
    }

    private void take(String... pieces) {
        for (String piece : pieces) {
            limiter.submit(piece);
        }
    }

    private void end(String piece) {
        ends.get(piece).complete();
    }

    private Future<Void> work(String piece, CancellationToken cancellation) {
        begun.add(piece);
        told.put(piece, cancellation);
        return ends.computeIfAbsent(piece, key -> Promise.promise()).future();
    }
}
