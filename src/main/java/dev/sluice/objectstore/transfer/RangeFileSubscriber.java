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
 * Writes one body to one place in a file, on the disk threads. It never holds more than a window of the network's buffers, so
 * a slow disk slows the sender.
 */
final class RangeFileSubscriber implements Subscriber<ByteBuffer> {
    private static final int WINDOW = 32;
    private static final int BATCH = WINDOW / 2;
    private static final int STAGING = 128 * 1024;
    // Gathers the network's 8 KiB pieces into writes worth their system call.
    private static final ThreadLocal<ByteBuffer> STAGED =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(STAGING));

    private final FileChannel file;
    private final Executor disk;
    private final ByteRange range;
    private final LongConsumer progress;
    private final GetObjectResponse answer;
    private final CompletableFuture<GetObjectResponse> done;

    private final Queue<ByteBuffer> waiting = new ArrayDeque<>(WINDOW);
    private boolean writing;
    private boolean complete;
    private @Nullable Subscription subscription;
    private long position;

    /**
     * @param progress is told how much of the range is in the file
     * @param done completes with {@code answer} when the whole range is in the file; when somebody else completes it, writing
     *     ends
     */
    RangeFileSubscriber(
            FileChannel file,
            Executor disk,
            ByteRange range,
            LongConsumer progress,
            GetObjectResponse answer,
            CompletableFuture<GetObjectResponse> done) {
        this.file = file;
        this.disk = disk;
        this.range = range;
        this.progress = progress;
        this.answer = answer;
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
                ask(batch.size());
            }
        } catch (IOException cause) {
            fail(FileErrorMapper.translate(cause));
        } catch (RuntimeException cause) {
            fail(cause);
        }
    }

    /** What is worth a write now; if nothing is, the next piece wakes another drain. */
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
            done.complete(answer);
        } else {
            // An IOException of the network, which the SDK tries again.
            done.completeExceptionally(new EOFException("the body ended at " + position + ", before " + range.end()));
        }
    }

    private void write(List<ByteBuffer> batch) throws IOException {
        ByteBuffer staged = STAGED.get().clear();
        for (ByteBuffer bytes : batch) {
            if (bytes.remaining() > range.end() - position - staged.position()) {
                throw new JobException(ErrorCode.STORE_UNAVAILABLE, "The store sent more bytes than it was asked for.");
            }
            while (bytes.hasRemaining()) {
                int piece = Math.min(bytes.remaining(), staged.remaining());
                staged.put(bytes.slice().limit(piece));
                bytes.position(bytes.position() + piece);
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

    private void ask(int pieces) {
        Subscription from;
        synchronized (this) {
            from = subscription;
        }
        if (from != null && !done.isDone()) {
            from.request(pieces);
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
