package dev.sluice.objectstore.transfer;

import dev.sluice.objectstore.ByteRange;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Writes the response to a range request to that range of a file. If a connection breaks, the SDK starts another attempt, which
 * writes the same bytes again.
 */
public final class RangeResponseTransformer implements AsyncResponseTransformer<GetObjectResponse, GetObjectResponse> {
    private final FileChannel file;
    private final Executor disk;
    private final Function<GetObjectResponse, ByteRange> contentRangeOf;
    private final LongConsumer written;

    private volatile @Nullable Attempt attempt;
    private long reported;

    /**
     * @param contentRangeOf the bytes in a response; throws to reject the response
     * @param written receives the number of additional bytes in the file, each byte once
     */
    public RangeResponseTransformer(
            FileChannel file,
            Executor disk,
            Function<GetObjectResponse, ByteRange> contentRangeOf,
            LongConsumer written) {
        this.file = file;
        this.disk = disk;
        this.contentRangeOf = contentRangeOf;
        this.written = written;
    }

    @Override
    public CompletableFuture<GetObjectResponse> prepare() {
        Attempt started = new Attempt();
        attempt = started;
        return started.done;
    }

    @Override
    public void onResponse(GetObjectResponse response) {
        Attempt current = current();
        try {
            current.response = response;
            current.range = contentRangeOf.apply(response);
        } catch (RuntimeException rejected) {
            current.done.completeExceptionally(rejected);
        }
    }

    @Override
    public void onStream(SdkPublisher<ByteBuffer> body) {
        Attempt current = current();
        GetObjectResponse response = current.response;
        ByteRange range = current.range;
        if (response == null || range == null) {
            body.subscribe(new BodyRejection());
            return;
        }
        body.subscribe(new RangeFileSubscriber(file, disk, range, this::report, response, current.done));
    }

    @Override
    public void exceptionOccurred(Throwable error) {
        current().done.completeExceptionally(error);
    }

    private Attempt current() {
        Attempt current = attempt;
        if (current == null) {
            throw new IllegalStateException("prepare() was not called");
        }
        return current;
    }

    private void report(long doneOfRange) {
        long more;
        synchronized (this) {
            more = doneOfRange - reported;
            if (more <= 0) {
                return;
            }
            reported = doneOfRange;
        }
        written.accept(more);
    }

    private static final class Attempt {
        private final CompletableFuture<GetObjectResponse> done = new CompletableFuture<>();
        private volatile @Nullable GetObjectResponse response;
        private volatile @Nullable ByteRange range;
    }

    /** Cancels a body, which closes the connection. */
    private static final class BodyRejection implements Subscriber<ByteBuffer> {
        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.cancel();
        }

        @Override
        public void onNext(ByteBuffer bytes) {}

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onComplete() {}
    }
}
