package dev.sluice.tracing;

import dev.sluice.common.tracing.TraceParent;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;

/** Converts positions in traces from and to those of OpenTelemetry. */
final class W3cContext {
    private static final int SPAN_ID = 36;
    private static final int SPAN_ID_END = 52;
    private static final int FLAGS = 53;

    private W3cContext() {}

    static Context of(TraceParent parent) {
        String value = parent.value();
        return Context.root()
                .with(Span.wrap(SpanContext.createFromRemoteParent(
                        parent.traceId(),
                        value.substring(SPAN_ID, SPAN_ID_END),
                        TraceFlags.fromHex(value, FLAGS),
                        TraceState.getDefault())));
    }

    static TraceParent toTraceParent(SpanContext context) {
        return new TraceParent("00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                + context.getTraceFlags().asHex());
    }
}
