package dev.sluice.common.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class BlockingTaskTest {
    @Test
    void runsBesideItsCaller() {
        CompletableFuture<String> caller = new CompletableFuture<>();
        try (BlockingTask<String> task = BlockingTask.start("task", caller::join)) {
            caller.complete("done by the caller");

            assertThat(task.result()).isEqualTo("done by the caller");
        }
    }

    @Test
    void throwsWhatTheTaskThrew() {
        IllegalStateException failure = new IllegalStateException("failure");
        try (BlockingTask<String> task = BlockingTask.start("task", () -> {
            throw failure;
        })) {
            assertThatThrownBy(task::result).isSameAs(failure);
        }
    }

    @Test
    void closesWhenTheTaskHasEndedInAnyWay() {
        CountDownLatch ended = new CountDownLatch(1);
        BlockingTask<Void> task = BlockingTask.start("task", () -> {
            ended.countDown();
            throw new IllegalStateException("not requested");
        });

        task.close();

        assertThat(ended.getCount()).isZero();
    }
}
