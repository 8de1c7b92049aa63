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

/** Reads the body of a request before anybody asks for it, but not where the operation takes it piece by piece. */
public final class RequestBodyHandler implements Handler<RoutingContext> {
    private final List<BodyLimit> streamed;
    private final BodyHandler whole;

    public RequestBodyHandler(OpenAPIContract contract, Set<String> streamed, long maxBodyBytes) {
        this.streamed = contract.operations().stream()
                .filter(operation -> streamed.contains(operation.getOperationId()))
                .map(BodyLimit::of)
                .toList();
        this.whole = BodyHandler.create(false).setBodyLimit(maxBodyBytes);
    }

    @Override
    public void handle(RoutingContext request) {
        if (streamed.stream().anyMatch(held -> held.matches(request))) {
            request.request().pause();
            request.next();
        } else {
            whole.handle(request);
        }
    }

    private record BodyLimit(String method, Pattern path) {
        static BodyLimit of(Operation operation) {
            String path = Stream.of(operation.getAbsoluteOpenAPIPath().split("/", -1))
                    .map(part -> part.startsWith("{") ? "[^/]+" : Pattern.quote(part))
                    .reduce((one, other) -> one + "/" + other)
                    .orElseThrow();
            return new BodyLimit(operation.getHttpMethod().name(), Pattern.compile(path));
        }

        boolean matches(RoutingContext request) {
            return request.request().method().name().equals(method)
                    && path.matcher(request.request().path()).matches();
        }
    }
}
