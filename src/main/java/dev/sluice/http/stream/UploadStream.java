package dev.sluice.http.stream;

import dev.sluice.http.problem.InvalidRequestException;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * The data of an upload: a request, or a part of a form. Always ends or fails: also if the request ends and its part does not,
 * the client disconnects, or it is too slow. Initially paused.
 */
final class UploadStream implements ReadStream<Buffer> {
    private static final String TRUNCATED = "The upload is truncated or was interrupted.";

    private final Vertx vertx;
    private final ReadStream<Buffer> source;
    private final RequestPace pace;
    private final Handler<Buffer> listener;
    private @Nullable Handler<Throwable> exceptionHandler;
    private @Nullable Handler<Void> endHandler;
    private boolean paused = true;
    private boolean requestEnded;
    private boolean completed;
    private @Nullable Throwable failure;

    /**
     * @param source paused
     * @param listener receives all data
     */
    UploadStream(Vertx vertx, ReadStream<Buffer> source, RequestPace pace, Handler<Buffer> listener) {
        this.vertx = vertx;
        this.source = source;
        this.pace = pace;
        this.listener = listener;
        pace.setReading(false);
        source.exceptionHandler(cause -> fail(new InvalidRequestException(TRUNCATED)));
        source.endHandler(this::end);
    }

    /** The request of a part has ended. What was received of the part is delivered before. */
    void requestEnded() {
        requestEnded = true;
        failUnlessEnded();
    }

    /** Fails, unless the stream has ended. */
    void fail(Throwable cause) {
        if (!completed) {
            completed = true;
            failure = cause;
            if (exceptionHandler != null) {
                exceptionHandler.handle(cause);
            }
        }
    }

    /** Discards the rest. */
    void discard() {
        completed = true;
        source.handler(discarded -> {});
        var unused = resume();
    }

    @Override
    public UploadStream exceptionHandler(@Nullable Handler<Throwable> handler) {
        exceptionHandler = handler;
        if (handler != null && failure != null) {
            handler.handle(failure);
        }
        return this;
    }

    @Override
    public UploadStream handler(@Nullable Handler<Buffer> handler) {
        source.handler(
                handler == null
                        ? null
                        : data -> {
                            listener.handle(data);
                            handler.handle(data);
                        });
        return this;
    }

    @Override
    public UploadStream endHandler(@Nullable Handler<Void> handler) {
        endHandler = handler;
        return this;
    }

    @Override
    public UploadStream pause() {
        paused = true;
        pace.setReading(false);
        source.pause();
        return this;
    }

    @Override
    public UploadStream resume() {
        return fetch(Long.MAX_VALUE);
    }

    @Override
    public UploadStream fetch(long amount) {
        paused = false;
        pace.setReading(true);
        source.fetch(amount);
        failUnlessEnded();
        return this;
    }

    private void end(@Nullable Void end) {
        if (!completed) {
            completed = true;
            if (endHandler != null) {
                endHandler.handle(null);
            }
        }
    }

    private void failUnlessEnded() {
        if (requestEnded) {
            // The source delivers what it has buffered in a task before this one.
            vertx.runOnContext(delivered -> {
                if (!paused) {
                    fail(new InvalidRequestException(TRUNCATED));
                }
            });
        }
    }
}
