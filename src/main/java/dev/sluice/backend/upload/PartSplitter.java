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
    private final long most;
    private final Store store;
    private final Consumer<Buffer> witness;
    private final Promise<Void> ended = Promise.promise();
    private int filled;
    private long taken;
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
    PartSplitter(int partSize, byte[] left, long most, Store store, Consumer<Buffer> witness) {
        this.part = new byte[partSize];
        this.most = most;
        this.store = store;
        this.witness = witness;
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
            witness.accept(bytes);
            take(body, bytes, 0);
        });
        body.endHandler(done -> {
            over = true;
            finish();
        });
        body.resume();
        return ended.future();
    }

    /** Bytes from the stream that are stored or in {@link #rest}. */
    long taken() {
        return taken;
    }

    ByteBuffer rest() {
        return ByteBuffer.wrap(part, 0, filled).slice();
    }

    private void take(ReadStream<Buffer> body, Buffer bytes, int from) {
        if (ended.future().isComplete() || from == bytes.length()) {
            return;
        }
        if (taken + bytes.length() - from > most) {
            fail(new RequestRejectedException(
                    RequestRejectedException.Reason.TOO_LARGE, "More bytes came than may: " + most + " are allowed."));
            return;
        }
        if (filled == part.length) {
            body.pause();
            storing = true;
            store.store(rest())
                    .onSuccess(stored -> {
                        storing = false;
                        filled = 0;
                        take(body, bytes, from);
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
        taken += some;
        take(body, bytes, from + some);
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
