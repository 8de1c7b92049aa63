package dev.sluice.backend.upload;

import dev.sluice.backend.job.RequestRejectedException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Cuts a stream of bytes into parts of one size. The stream stands still while a part is stored, so no more than one part is in
 * memory. What is left at the end, less than a part or just one, is {@link #rest}.
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
    private boolean over;

    /** Where full parts go. */
    @FunctionalInterface
    interface Store {
        /** Stores a part; the bytes are not touched until the Future is completed. */
        Future<Void> store(ByteBuffer part);
    }

    /**
     * Begins with what was left the last time.
     *
     * @param partSize bytes
     * @param most how many bytes may come from the stream
     * @param witness sees all that comes, in order
     */
    PartSplitter(int partSize, byte[] left, long max, Store store, Consumer<Buffer> witness) {
        this.part = new byte[partSize];
        this.maxBytes = max;
        this.store = store;
        this.listener = witness;
        System.arraycopy(left, 0, part, 0, left.length);
        this.filled = left.length;
    }

    /**
     * Takes the stream to its end. Fails when the stream does, when a part is not stored, or with a {@link RequestRejectedException} when more
     * comes than may; then {@link #rest} and {@link #taken} still tell what came before.
     */
    Future<Void> drain(ReadStream<Buffer> body) {
        body.exceptionHandler(this::fail);
        body.handler(bytes -> {
            listener.accept(bytes);
            consume(body, bytes, 0);
        });
        body.endHandler(done -> {
            over = true;
            finish();
        });
        body.resume();
        return ended.future();
    }

    /** Bytes from the stream that are stored or in {@link #rest}. */
    long byteCount() {
        return byteCount;
    }

    ByteBuffer remainder() {
        return ByteBuffer.wrap(part, 0, filled).slice();
    }

    private void consume(ReadStream<Buffer> body, Buffer bytes, int from) {
        if (ended.future().isComplete() || from == bytes.length()) {
            return;
        }
        if (byteCount + bytes.length() - from > maxBytes) {
            fail(new RequestRejectedException(
                    RequestRejectedException.Reason.TOO_LARGE,
                    "More bytes came than may: " + maxBytes + " are allowed."));
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
                    .onFailure(this::fail);
            return;
        }
        int some = Math.min(bytes.length() - from, part.length - filled);
        bytes.getBytes(from, from + some, part, filled);
        filled += some;
        byteCount += some;
        consume(body, bytes, from + some);
    }

    private void finish() {
        if (over && !storing) {
            ended.tryComplete();
        }
    }

    private void fail(Throwable cause) {
        ended.tryFail(cause);
    }
}
