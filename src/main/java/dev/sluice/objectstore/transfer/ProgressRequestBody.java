package dev.sluice.objectstore.transfer;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/** Request body that reports the bytes handed to the network; a repeated body counts once. */
public final class ProgressRequestBody implements AsyncRequestBody {
    private final AsyncRequestBody body;
    private final LongConsumer sent;
    private long reported;

    /** @param sent receives the number of additional bytes */
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
