package dev.sluice.common.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class PayloadExecutorTest {
    private static final Vertx VERTX = Vertx.vertx();

    @AfterAll
    static void close() throws Exception {
        VERTX.close().await(10, TimeUnit.SECONDS);
    }

    @Test
    void runsLargePayloadsOnWorkerThreads() throws Exception {
        assertThat(onEventLoop(() -> PayloadExecutor.execute(
                        PayloadExecutor.MAX_EVENT_LOOP_BYTES + 1, Context::isOnEventLoopThread)))
                .containsExactly(false, true);
        assertThat(onEventLoop(() ->
                        PayloadExecutor.execute(PayloadExecutor.MAX_EVENT_LOOP_BYTES, Context::isOnEventLoopThread)))
                .containsExactly(true, true);
    }

    @Test
    void failsWithWhatTheWorkThrows() {
        for (int bytes : new int[] {1, 1 << 20}) {
            assertThatThrownBy(() -> onEventLoop(() -> PayloadExecutor.execute(bytes, () -> {
                        throw new IOException("no");
                    })))
                    .hasMessageContaining("no");
        }
    }

    /** The result, and whether its future completes on an event loop. */
    private static List<Boolean> onEventLoop(Supplier<Future<Boolean>> work) throws Exception {
        Promise<List<Boolean>> result = Promise.promise();
        VERTX.runOnContext(started -> work.get()
                .map(ran -> List.of(ran, Context.isOnEventLoopThread()))
                .onComplete(result));
        return result.future().await(20, TimeUnit.SECONDS);
    }
}
