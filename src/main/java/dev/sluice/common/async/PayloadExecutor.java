package dev.sluice.common.async;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.concurrent.Callable;

/** Runs work whose time depends on the size of a payload: for a large payload not on an event loop. */
public final class PayloadExecutor {
    /** Bytes; parsing as many takes less than a millisecond. */
    public static final int MAX_EVENT_LOOP_BYTES = 32 << 10;

    private PayloadExecutor() {}

    /**
     * Runs {@code work} at once, or on a worker thread if the caller is on an event loop and the payload is large. The future
     * completes on the context of the caller, and fails with what {@code work} throws.
     *
     * @param bytes size of the payload
     */
    public static <T> Future<T> execute(int bytes, Callable<T> work) {
        if (bytes > MAX_EVENT_LOOP_BYTES && Context.isOnEventLoopThread()) {
            return Objects.requireNonNull(Vertx.currentContext()).executeBlocking(work, false);
        }
        try {
            return Future.succeededFuture(work.call());
        } catch (Exception failure) {
            return Future.failedFuture(failure);
        }
    }
}
