package dev.sluice.tracing;

import dev.sluice.common.tracing.Span;
import dev.sluice.common.tracing.TraceParent;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.Optional;

/** A span of OpenTelemetry. */
record OpenTelemetrySpan(Tracer tracer, io.opentelemetry.api.trace.Span span) implements Span {
    static OpenTelemetrySpan start(Tracer tracer, String name, Kind kind, Context parent, Optional<Instant> started) {
        SpanBuilder builder = tracer.spanBuilder(name).setParent(parent).setSpanKind(SpanKind.valueOf(kind.name()));
        started.ifPresent(builder::setStartTimestamp);
        return new OpenTelemetrySpan(tracer, builder.startSpan());
    }

    @Override
    public Span child(String name, Kind kind) {
        return start(tracer, name, kind, Context.root().with(span), Optional.empty());
    }

    @Override
    public Span with(String attribute, String value) {
        span.setAttribute(attribute, value);
        return this;
    }

    @Override
    public Span with(String attribute, long value) {
        span.setAttribute(attribute, value);
        return this;
    }

    @Override
    public Span failed(String type) {
        span.setAttribute("error.type", type).setStatus(StatusCode.ERROR);
        return this;
    }

    @Override
    public Optional<TraceParent> position() {
        return Optional.of(W3cContext.toTraceParent(span.getSpanContext()));
    }

    @Override
    public void end() {
        span.end();
    }
}
