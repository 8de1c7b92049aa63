package dev.sluice.objectstore.transfer;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/** A request's body that tells how much of it has been handed to the network; a body sent again counts once. */
public final class ProgressRequestBody implements AsyncRequestBody {
    private final AsyncRequestBody body;
    private final LongConsumer sent;
    private long reported;

    /** @param sent is told how many more bytes were handed over */
    public ProgressRequestBody(AsyncRequestBody body, LongConsumer sent) {
        this.body = body;
        this.sent = sent;
    }

    @Override
    public Optional<Long> contentLength() {
        return body.contentLength();
    }

    @Override
    public String contentType() {
        return body.contentType();
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
        long[] attempt = {0};
        body.map(bytes -> {
                    attempt[0] += bytes.remaining();
                    report(attempt[0]);
                    return bytes;
                })
                .subscribe(subscriber);
    }

    private void report(long doneOfAttempt) {
        long more;
        synchronized (this) {
            more = doneOfAttempt - reported;
            if (more <= 0) {
                return;
            }
            reported = doneOfAttempt;
        }
        sent.accept(more);
    }
}
