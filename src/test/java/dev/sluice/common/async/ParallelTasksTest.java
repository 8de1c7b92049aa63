package dev.sluice.common.async;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ParallelTasksTest {
    private final List<Promise<Void>> begun = new ArrayList<>();

    @Test
    void keepsOnlySoManyUnderWay() {
        Future<Void> all = ParallelTasks.forEachIndex(4, 2, this::begin);
        int atFirst = begun.size();

        begun.get(1).complete();

        assertThat(atFirst).isEqualTo(2);
        assertThat(begun).hasSize(3);
        assertThat(all.isComplete()).isFalse();
    }

    @Test
    void endsWhenAllAreDone() {
        Future<Void> all = ParallelTasks.forEachIndex(3, 2, this::begin);

        IntStream.range(0, 3).forEach(piece -> begun.get(piece).complete());

        assertThat(all.succeeded()).isTrue();
    }

    @Test
    void beginsNothingAfterAFailureAndWaitsForWhatWasBegun() {
        Future<Void> all = ParallelTasks.forEachIndex(5, 2, this::begin);

        begun.get(0).fail("broken");
        boolean early = all.isComplete();
        begun.get(1).complete();

        assertThat(early).isFalse();
        assertThat(all.failed()).isTrue();
        assertThat(begun).hasSize(2);
    }

    @Test
    void isDoneWithNothingAtOnce() {
        assertThat(ParallelTasks.forEachIndex(0, 4, this::begin).succeeded()).isTrue();
    }

    private Future<Void> begin(int piece) {
        Promise<Void> promise = Promise.promise();
        begun.add(promise);
        return promise.future();
    }
}
