package dev.sluice.common.async;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ParallelTasksTest {
    private final List<Promise<Void>> started = new ArrayList<>();

    @Test
    void limitsConcurrency() {
        Future<Void> all = ParallelTasks.forEachIndex(4, 2, this::start);
        int initially = started.size();

        started.get(1).complete();

        assertThat(initially).isEqualTo(2);
        assertThat(started).hasSize(3);
        assertThat(all.isComplete()).isFalse();
    }

    @Test
    void completesWhenAllTasksAreDone() {
        Future<Void> all = ParallelTasks.forEachIndex(3, 2, this::start);

        IntStream.range(0, 3).forEach(index -> started.get(index).complete());

        assertThat(all.succeeded()).isTrue();
    }

    @Test
    void startsNoTaskAfterFailureAndWaitsForStartedOnes() {
        Future<Void> all = ParallelTasks.forEachIndex(5, 2, this::start);

        started.get(0).fail("broken");
        boolean early = all.isComplete();
        started.get(1).complete();

        assertThat(early).isFalse();
        assertThat(all.failed()).isTrue();
        assertThat(started).hasSize(2);
    }

    @Test
    void completesImmediatelyWithoutTasks() {
        assertThat(ParallelTasks.forEachIndex(0, 4, this::start).succeeded()).isTrue();
    }

    private Future<Void> start(int index) {
        Promise<Void> promise = Promise.promise();
        started.add(promise);
        return promise.future();
    }
}
