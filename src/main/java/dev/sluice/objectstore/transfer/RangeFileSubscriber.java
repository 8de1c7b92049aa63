package dev.sluice.objectstore.transfer;

import dev.sluice.common.io.FileErrorMapper;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.objectstore.ByteRange;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Writes one response body to a range of a file, on the disk threads. It requests at most a window of network buffers, so that a
 * slow disk slows the sender.
 */
final class RangeFileSubscriber implements Subscriber<ByteBuffer> {
    private static final int WINDOW = 32;
    private static final int BATCH = WINDOW / 2;
    private static final int STAGING = 128 * 1024;
    // Combines the network's 8 KiB buffers into larger writes.
    private static final ThreadLocal<ByteBuffer> STAGED =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(STAGING));

    private final FileChannel file;
    private final Executor disk;
    private final ByteRange range;
    private final LongConsumer progress;
    private final GetObjectResponse response;
    private final CompletableFuture<GetObjectResponse> done;

    private final Queue<ByteBuffer> waiting = new ArrayDeque<>(WINDOW);
    private boolean writing;
    private boolean complete;
    private @Nullable Subscription subscription;
    private long position;

    /**
     * @param progress receives the number of written bytes of the range
     * @param done completed with {@code response} when the whole range is written; if it is completed elsewhere, writing ends
     */
    RangeFileSubscriber(
            FileChannel file,
            Executor disk,
            ByteRange range,
            LongConsumer progress,
            GetObjectResponse response,
            CompletableFuture<GetObjectResponse> done) {
        this.file = file;
        this.disk = disk;
        this.range = range;
        this.progress = progress;
        this.response = response;
        this.done = done;
        this.position = range.start();
    }

    @Override
    public synchronized void onSubscribe(Subscription started) {
        subscription = started;
        started.request(WINDOW);
    }

    @Override
    public synchronized void onNext(ByteBuffer bytes) {
        if (done.isDone()) {
            return;
        }
        waiting.add(bytes);
        if (waiting.size() >= BATCH) {
            wake();
        }
    }

    @Override
    public synchronized void onComplete() {
        complete = true;
        wake();
    }

    @Override
    public void onError(Throwable error) {
        fail(error);
    }

    private synchronized void wake() {
        if (writing || done.isDone()) {
            return;
        }
        writing = true;
        try {
            disk.execute(this::drain);
        } catch (RejectedExecutionException closed) {
            fail(closed);
        }
    }

    private void drain() {
        try {
            for (List<ByteBuffer> batch = take(); !batch.isEmpty(); batch = take()) {
                write(batch);
                progress.accept(position - range.start());
                request(batch.size());
            }
        } catch (IOException cause) {
            fail(FileErrorMapper.translate(cause));
        } catch (RuntimeException cause) {
            fail(cause);
        }
    }

    /** The next batch; if it is empty, the next buffer starts another drain. */
    private synchronized List<ByteBuffer> take() {
        if (done.isDone() || (waiting.size() < BATCH && !complete)) {
            writing = false;
            return List.of();
        }
        if (waiting.isEmpty()) {
            end();
            return List.of();
        }
        List<ByteBuffer> batch = List.copyOf(waiting);
        waiting.clear();
        return batch;
    }

    private void end() {
        if (position == range.end()) {
            done.complete(response);
        } else {
            // An IOException of the network, which the SDK retries.
            done.completeExceptionally(new EOFException("the body ended at " + position + ", before " + range.end()));
        }
    }

    private void write(List<ByteBuffer> batch) throws IOException {
        ByteBuffer staged = STAGED.get().clear();
        for (ByteBuffer bytes : batch) {
            if (bytes.remaining() > range.end() - position - staged.position()) {
                throw new JobException(ErrorCode.STORE_UNAVAILABLE, "The store sent more bytes than requested.");
            }
            while (bytes.hasRemaining()) {
                int length = Math.min(bytes.remaining(), staged.remaining());
                staged.put(bytes.slice().limit(length));
                bytes.position(bytes.position() + length);
                if (!staged.hasRemaining()) {
                    flush(staged);
                }
            }
        }
        flush(staged);
    }

    private void flush(ByteBuffer staged) throws IOException {
        staged.flip();
        while (staged.hasRemaining()) {
            position += file.write(staged, position);
        }
        staged.clear();
    }

    private void request(int buffers) {
        Subscription from;
        synchronized (this) {
            from = subscription;
        }
        if (from != null && !done.isDone()) {
            from.request(buffers);
        }
    }

    private void fail(Throwable cause) {
        Subscription from;
        synchronized (this) {
            waiting.clear();
            from = subscription;
        }
        if (done.completeExceptionally(cause) && from != null) {
            from.cancel();
        }
    }
}
