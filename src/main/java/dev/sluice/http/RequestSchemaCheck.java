package dev.sluice.http;

import dev.sluice.http.problem.InvalidRequestException;
import dev.sluice.http.security.RequestAdmissionHandler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.json.schema.JsonSchema;
import io.vertx.openapi.contract.Location;
import io.vertx.openapi.contract.MediaType;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Parameter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks requests against the parameters and the body of their operation. In contrast to the validator of the router, it rejects
 * unknown query parameters and fields, and names the field, its value and the rule.
 */
final class RequestSchemaCheck {
    private static final String JSON = "application/json";

    private RequestSchemaCheck() {}

    /** @throws InvalidRequestException for the first violation */
    static void check(RoutingContext request, Operation operation) {
        MultiMap query = query(request);
        List<Parameter> parameters = operation.getParameters();
        requireKnown(query, parameters);
        for (Parameter parameter : parameters) {
            switch (parameter.getIn()) {
                case QUERY -> {
                    if (query.getAll(parameter.getName()).size() > 1) {
                        throw new InvalidRequestException(
                                label(parameter) + " is given several times; only one value is allowed.");
                    }
                    check(parameter, query.get(parameter.getName()));
                }
                case HEADER -> check(parameter, request.request().getHeader(parameter.getName()));
                case PATH -> check(parameter, request.pathParam(parameter.getName()));
                case COOKIE -> throw new IllegalStateException("cookies are not supported");
            }
        }
        bodySchema(operation).ifPresent(schema -> checkBody(request, operation, schema));
    }

    private static MultiMap query(RoutingContext request) {
        try {
            return request.queryParams();
        } catch (HttpException | IllegalArgumentException undecodable) {
            throw new InvalidRequestException("The query is not percent-encoded correctly.");
        }
    }

    private static void requireKnown(MultiMap query, List<Parameter> parameters) {
        List<String> known = parameters.stream()
                .filter(parameter -> parameter.getIn() == Location.QUERY)
                .map(Parameter::getName)
                .toList();
        for (String name : query.names()) {
            if (!known.contains(name)) {
                throw new InvalidRequestException(
                        "Unknown query parameter " + InvalidRequestException.quote(name) + "; "
                                + (known.isEmpty()
                                        ? "this operation has none."
                                        : "allowed: " + String.join(", ", known) + "."));
            }
        }
    }

    private static void check(Parameter parameter, @Nullable String value) {
        JsonObject schema = parameter.getOpenAPIModel().getJsonObject("schema");
        if (value == null ? parameter.isRequired() : !SchemaRule.matchesText(schema, value)) {
            boolean secret = value != null && "password".equals(schema.getString("format"));
            throw InvalidRequestException.of(label(parameter), secret ? "…" : value, SchemaRule.rule(schema));
        }
    }

    private static String label(Parameter parameter) {
        return switch (parameter.getIn()) {
            case QUERY -> "Query parameter '" + parameter.getName() + "'";
            case HEADER -> "Header " + parameter.getName();
            default -> "Path parameter '" + parameter.getName() + "'";
        };
    }

    /** The schema of a JSON body. */
    private static Optional<JsonSchema> bodySchema(Operation operation) {
        return Optional.ofNullable(operation.getRequestBody())
                .map(body -> body.getContent().get(JSON))
                .map(MediaType::getSchema);
    }

    private static void checkBody(RoutingContext request, Operation operation, JsonSchema schema) {
        Buffer content = RequestAdmissionHandler.body(request);
        if (content.length() == 0) {
            if (operation.getRequestBody().isRequired()) {
                throw new InvalidRequestException("The JSON body is missing.");
            }
            return;
        }
        String type = request.request().getHeader(HttpHeaders.CONTENT_TYPE);
        if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase(JSON)) {
            throw InvalidRequestException.of("Content-Type", type, JSON);
        }
        checkFields(object(content), schema);
    }

    private static JsonObject object(Buffer content) {
        try {
            if (Json.decodeValue(content) instanceof JsonObject object) {
                return object;
            }
        } catch (DecodeException invalid) {
            throw new InvalidRequestException("The body is not valid JSON.");
        }
        throw new InvalidRequestException("The body must be a JSON object.");
    }

    private static void checkFields(JsonObject body, JsonSchema schema) {
        JsonObject fields = schema.get("properties");
        for (String name : body.fieldNames()) {
            if (!fields.containsKey(name)) {
                throw new InvalidRequestException("Unknown field " + InvalidRequestException.quote(name)
                        + " in the body; allowed: " + String.join(", ", fields.fieldNames()) + ".");
            }
            check(name, fields.getJsonObject(name), body.getValue(name));
        }
        for (Object required : schema.get("required", new JsonArray())) {
            String name = (String) required;
            check(name, fields.getJsonObject(name), body.getValue(name));
        }
    }

    private static void check(String field, JsonObject schema, @Nullable Object value) {
        if (!SchemaRule.matches(schema, value)) {
            throw InvalidRequestException.of("Field '" + field + "' of the body", value, SchemaRule.rule(schema));
        }
    }
}
