package dev.sluice.http.security;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Buffers request bodies up to a limit, except those of streaming operations. */
public final class RequestBodyHandler implements Handler<RoutingContext> {
    private final List<StreamingRoute> streaming;
    private final BodyHandler buffering;

    public RequestBodyHandler(OpenAPIContract contract, Set<String> streamingIds, long maxBodyBytes) {
        this.streaming = contract.operations().stream()
                .filter(operation -> streamingIds.contains(operation.getOperationId()))
                .map(StreamingRoute::of)
                .toList();
        this.buffering = BodyHandler.create(false).setBodyLimit(maxBodyBytes);
    }

    @Override
    public void handle(RoutingContext request) {
        if (streaming.stream().anyMatch(route -> route.matches(request))) {
            request.request().pause();
            request.next();
        } else {
            buffering.handle(request);
        }
    }

    private record StreamingRoute(String method, Pattern path) {
        static StreamingRoute of(Operation operation) {
            String path = Stream.of(operation.getAbsoluteOpenAPIPath().split("/", -1))
                    .map(part -> part.startsWith("{") ? "[^/]+" : Pattern.quote(part))
                    .reduce((one, other) -> one + "/" + other)
                    .orElseThrow();
            return new StreamingRoute(operation.getHttpMethod().name(), Pattern.compile(path));
        }

        boolean matches(RoutingContext request) {
            return request.request().method().name().equals(method)
                    && path.matcher(request.request().path()).matches();
        }
    }
}
