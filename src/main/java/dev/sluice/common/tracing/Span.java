package dev.sluice.common.tracing;

import dev.sluice.job.JobException;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * An operation of a trace. A span that is never ended is not exported. Names and attributes contain no secrets, no presigned
 * URLs and no names of users. Threads: any.
 */
public interface Span {
    /** Records nothing; its children record nothing. */
    Span NONE = new Span() {};

    /** How a span relates to the process at the other end. */
    enum Kind {
        INTERNAL,
        /** A call of another process, which answers. */
        CLIENT,
        /** Work on a received message. */
        CONSUMER,
        /** The creation of a message for later. */
        PRODUCER
    }

    /** Begins a span within this one. */
    default Span child(String name, Kind kind) {
        return this;
    }

    default Span with(String attribute, String value) {
        return this;
    }

    default Span with(String attribute, long value) {
        return this;
    }

    /** Marks the operation as failed; {@code type} is an error code or the name of a class. */
    default Span failed(String type) {
        return this;
    }

    /** The position of this span, for work that continues elsewhere; empty if it records nothing. */
    default Optional<TraceParent> position() {
        return Optional.empty();
    }

    default void end() {}

    /** Ends this span with {@code work}, as failed if it fails. */
    default <T> Future<T> until(Future<T> work) {
        return work.onComplete(done -> (done.failed() ? failed(typeOf(done.cause())) : this).end());
    }

    /** The code of a failure of Sluice, or the class of another one. */
    static String typeOf(Throwable cause) {
        return cause instanceof JobException failure
                ? failure.code().wire()
                : cause.getClass().getName();
    }
}
