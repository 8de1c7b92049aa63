package dev.sluice.common.tracing;

import java.time.Instant;
import java.util.Optional;

/** Begins the outermost spans of this process. Threads: any. */
public interface Tracer {
    /** Traces nothing. */
    Tracer NONE = new Tracer() {};

    /**
     * Begins a span.
     *
     * @param parent of another process; empty: the span begins a trace
     */
    default Span start(String name, Span.Kind kind, Optional<TraceParent> parent, Instant started) {
        return Span.NONE;
    }

    /** The position of the HTTP request that is handled on this Vert.x context, if its client sent a trace. */
    default Optional<TraceParent> current() {
        return Optional.empty();
    }
}
