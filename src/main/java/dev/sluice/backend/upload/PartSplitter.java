package dev.sluice.backend.upload;

import dev.sluice.backend.job.RequestRejectedException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Splits a stream into parts of one size. The stream is paused while a part is stored, so that at most one part is in memory.
 * The last part, which may be full, is the {@link #remainder}.
 */
final class PartSplitter {
    private final byte[] part;
    private final long maxBytes;
    private final Store store;
    private final Consumer<Buffer> listener;
    private final Promise<Void> ended = Promise.promise();
    private int filled;
    private long byteCount;
    private boolean storing;
    private boolean streamEnded;
    private @Nullable Throwable failure;

    /** Receives full parts. */
    @FunctionalInterface
    interface Store {
        /** Stores a part, whose bytes do not change until the future completes. */
        Future<Void> store(ByteBuffer part);
    }

    /**
     * @param partSize in bytes
     * @param pending the remainder of the previous stream
     * @param maxBytes maximum size of the stream
     * @param listener receives all data of the stream
     */
    PartSplitter(int partSize, byte[] pending, long maxBytes, Store store, Consumer<Buffer> listener) {
        this.part = new byte[partSize];
        this.maxBytes = maxBytes;
        this.store = store;
        this.listener = listener;
        System.arraycopy(pending, 0, part, 0, pending.length);
        this.filled = pending.length;
    }

    /**
     * Reads the stream to its end. Fails if the stream fails or a part is not stored, and with {@link RequestRejectedException}
     * if the stream exceeds its limit; {@link #remainder} and {@link #byteCount} are still valid then. Completes when no part
     * is being stored.
     */
    Future<Void> drain(ReadStream<Buffer> body) {
        body.exceptionHandler(this::fail);
        body.handler(bytes -> {
            listener.accept(bytes);
            consume(body, bytes, 0);
        });
        body.endHandler(done -> {
            streamEnded = true;
            finish();
        });
        body.resume();
        return ended.future();
    }

    /** Number of bytes of the stream that are stored or in the {@link #remainder}. */
    long byteCount() {
        return byteCount;
    }

    ByteBuffer remainder() {
        return ByteBuffer.wrap(part, 0, filled).slice();
    }

    private void consume(ReadStream<Buffer> body, Buffer bytes, int from) {
        if (failure != null || from == bytes.length()) {
            return;
        }
        if (byteCount + bytes.length() - from > maxBytes) {
            fail(new RequestRejectedException(
                    RequestRejectedException.Reason.TOO_LARGE, "Upload exceeds the limit of " + maxBytes + " bytes."));
            return;
        }
        if (filled == part.length) {
            body.pause();
            storing = true;
            store.store(remainder())
                    .onSuccess(stored -> {
                        storing = false;
                        filled = 0;
                        consume(body, bytes, from);
                        if (!storing) {
                            body.resume();
                            finish();
                        }
                    })
                    .onFailure(cause -> {
                        storing = false;
                        fail(cause);
                    });
            return;
        }
        int count = Math.min(bytes.length() - from, part.length - filled);
        bytes.getBytes(from, from + count, part, filled);
        filled += count;
        byteCount += count;
        consume(body, bytes, from + count);
    }

    private void finish() {
        if (storing) {
            return;
        }
        if (failure != null) {
            ended.tryFail(failure);
        } else if (streamEnded) {
            ended.tryComplete();
        }
    }

    private void fail(Throwable cause) {
        failure = failure == null ? cause : failure;
        finish();
    }
}
