package dev.sluice.common.async;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class CancellableDelayTest {
    private static final Duration ONE_DAY = Duration.ofDays(1);

    private final Vertx vertx;
    private final CancellationToken cancellation = new CancellationToken();
    private final CancellableDelay delay;

    CancellableDelayTest(Vertx vertx) {
        this.vertx = vertx;
        this.delay = new CancellableDelay(vertx, cancellation);
    }

    @Test
    void completesAfterDelay() throws Exception {
        delay.await(Duration.ofMillis(1)).await(10, TimeUnit.SECONDS);

        assertThat(cancellation.reason()).isEmpty();
    }

    @Test
    void completesOnOwnContextWhenCancelled() throws Exception {
        Context context = vertx.getOrCreateContext();
        Promise<Future<Boolean>> started = Promise.promise();
        context.runOnContext(
                v -> started.complete(delay.await(ONE_DAY).map(ended -> Vertx.currentContext() == context)));
        Future<Boolean> result = started.future().await(10, TimeUnit.SECONDS);

        cancel();

        assertThat(result.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void completesImmediatelyWhenAlreadyCancelled() throws Exception {
        cancel();

        assertThat(delay.await(ONE_DAY).await(10, TimeUnit.SECONDS)).isNull();
    }

    private void cancel() {
        cancellation.cancel(new JobException(ErrorCode.SHUTDOWN, "The worker is shutting down."));
    }
}
