package dev.sluice.tracing;

import io.vertx.core.Context;
import io.vertx.core.spi.tracing.SpanKind;
import io.vertx.core.spi.tracing.TagExtractor;
import io.vertx.core.spi.tracing.VertxTracer;
import io.vertx.core.tracing.TracingPolicy;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Traces received HTTP requests whose client sent a trace, and nothing else of Vert.x: statements and event bus messages are on
 * the path of progress and leases. Of the attributes only those without values of clients pass: a URL may contain a ticket.
 */
final class RequestTracer<I, O> implements VertxTracer<I, O> {
    private static final Set<String> ATTRIBUTES =
            Set.of("http.request.method", "http.response.status_code", "url.scheme", "network.protocol.version");

    private final VertxTracer<I, O> delegate;

    RequestTracer(VertxTracer<I, O> delegate) {
        this.delegate = delegate;
    }

    @Override
    public <R> @Nullable I receiveRequest(
            Context context,
            SpanKind kind,
            TracingPolicy policy,
            R request,
            String operation,
            Iterable<Map.Entry<String, String>> headers,
            TagExtractor<R> tags) {
        return kind == SpanKind.RPC && policy != TracingPolicy.IGNORE
                ? delegate.receiveRequest(
                        context, kind, TracingPolicy.PROPAGATE, request, operation, headers, new AllowedTags<>(tags))
                : null;
    }

    @Override
    public <R> void sendResponse(
            Context context, R response, @Nullable I request, @Nullable Throwable failure, TagExtractor<R> tags) {
        delegate.sendResponse(context, response, request, failure, new AllowedTags<>(tags));
    }

    /** Passes the allowed attributes on. */
    private record AllowedTags<T>(TagExtractor<T> all) implements TagExtractor<T> {
        @Override
        public int len(T source) {
            return allowed(source).length;
        }

        @Override
        public String name(T source, int index) {
            return all.name(source, allowed(source)[index]);
        }

        @Override
        public String value(T source, int index) {
            return all.value(source, allowed(source)[index]);
        }

        private int[] allowed(T source) {
            return IntStream.range(0, all.len(source))
                    .filter(index -> ATTRIBUTES.contains(all.name(source, index)))
                    .toArray();
        }
    }
}
