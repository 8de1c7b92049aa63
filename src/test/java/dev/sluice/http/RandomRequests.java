package dev.sluice.http;

import dev.sluice.http.TestClient.Reply;
import dev.sluice.http.problem.Problem;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/**
 * Sends random requests to every operation of an OpenAPI document, mostly valid for its schemas. The same seed gives the same
 * requests.
 */
public final class RandomRequests {
    /** Operations that would stop the pipeline of the test. */
    private static final List<String> STOPPING = List.of("/commands", "/stages/");

    private static final List<String> FORMS =
            List.of("multipart/form-data; boundary=b", "multipart/form-data", "application/octet-stream", "text/plain");
    private static final int CONCURRENT = 20;
    private static final List<String> KNOWN = List.of("clip", "of-bob", "picture", "lost", "bobs", "sent", "older");

    private final TestClient client;
    private final JsonObject contract;
    private final List<String> tokens;
    private final Random random;
    private int sent;
    /** Requests on a connection that the server closed as idle at the same time. */
    private int closed;

    public RandomRequests(TestClient client, JsonObject contract, List<String> tokens, long seed) {
        this.client = client;
        this.contract = contract;
        this.tokens = tokens;
        this.random = new Random(seed);
    }

    /** Sends {@code each} requests to every operation; returns those with a response that is not allowed. */
    public List<String> run(int each) {
        List<String> violations = new ArrayList<>();
        JsonObject paths = contract.getJsonObject("paths");
        for (String path : paths.fieldNames()) {
            if (STOPPING.stream().anyMatch(path::contains)) {
                continue;
            }
            for (String method : paths.getJsonObject(path).fieldNames()) {
                JsonObject operation = paths.getJsonObject(path).getJsonObject(method);
                for (int started = 0; started < each; started += CONCURRENT) {
                    sent += CONCURRENT;
                    await(Future.all(IntStream.range(0, CONCURRENT)
                            .mapToObj(i -> once(method.toUpperCase(Locale.ROOT), path, operation, violations))
                            .toList()));
                }
            }
        }
        return List.copyOf(violations);
    }

    /** The number of requests sent. */
    public int sent() {
        return sent;
    }

    /** The number of requests without a response. */
    public int closed() {
        return closed;
    }

    private static String ascii(String value) {
        return value.replaceAll("[^ -~]", "?");
    }

    private static boolean acceptsForms(JsonObject operation) {
        return accepts(operation, "multipart/form-data");
    }

    private static boolean acceptsBytes(JsonObject operation) {
        return accepts(operation, "application/offset+octet-stream");
    }

    private static boolean accepts(JsonObject operation, String type) {
        return operation
                .getJsonObject("requestBody", new JsonObject())
                .getJsonObject("content", new JsonObject())
                .containsKey(type);
    }

    private Future<Void> once(String method, String path, JsonObject operation, List<String> violations) {
        String uri = path;
        StringBuilder query = new StringBuilder();
        Map<String, String> headers = new HashMap<>();
        for (Object each : operation.getJsonArray("parameters", new JsonArray())) {
            JsonObject parameter = (JsonObject) each;
            String value = encode(value(parameter.getJsonObject("schema")));
            if (parameter.getString("in").equals("header")) {
                String name = parameter.getString("name");
                headers.put(name, name.equals("Tus-Resumable") && random.nextInt(4) > 0 ? "1.0.0" : ascii(value));
            } else if (parameter.getString("in").equals("path")) {
                uri = uri.replace("{" + parameter.getString("name") + "}", value);
            } else if (random.nextBoolean()) {
                query.append(query.isEmpty() ? "?" : "&")
                        .append(parameter.getString("name"))
                        .append('=')
                        .append(value);
            }
        }
        if (random.nextInt(20) > 0) {
            headers.put("Authorization", "Bearer " + tokens.get(random.nextInt(tokens.size())));
        }
        Buffer body = Buffer.buffer();
        if (acceptsForms(operation)) {
            headers.put("Content-Type", FORMS.get(random.nextInt(FORMS.size())));
            String form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + text(20) + "\"\r\n\r\n"
                    + text(300) + "\r\n--b--\r\n";
            body = Buffer.buffer(random.nextBoolean() ? form : text(300));
        } else if (operation.containsKey("requestBody") && acceptsBytes(operation)) {
            headers.put("Content-Type", random.nextInt(4) > 0 ? "application/offset+octet-stream" : "text/plain");
            body = Buffer.buffer(text(300));
        } else if (operation.containsKey("requestBody") && random.nextBoolean()) {
            headers.put("Content-Type", random.nextInt(10) > 0 ? "application/json" : "text/plain");
            body = Buffer.buffer(body(operation));
        }
        String sent = method + " " + uri + query + " " + body;
        return client.send(method, uri + query, headers, body)
                .<Void>map(reply -> {
                    if (!isAllowed(reply, operation)) {
                        violations.add(sent + " -> " + reply.status() + " " + reply.body());
                    }
                    return null;
                })
                .recover(failure -> {
                    if (failure instanceof HttpClosedException) {
                        closed++;
                        return Future.succeededFuture();
                    }
                    return Future.failedFuture(failure);
                });
    }

    /** Whether the document declares the status (400 and 404 are always allowed) and the body has the declared type. */
    private static boolean isAllowed(Reply reply, JsonObject operation) {
        boolean declared = operation.getJsonObject("responses").containsKey(String.valueOf(reply.status()))
                || reply.status() == 400
                || reply.status() == 404;
        if (reply.body().length() == 0) {
            // Responses of tus and to HEAD have no body; bodies of streams are not read.
            return declared && reply.status() < 500;
        }
        boolean typed = reply.status() < 300
                ? reply.contentType().equals("application/json")
                : reply.contentType().equals(Problem.CONTENT_TYPE)
                        && !reply.code().isEmpty();
        return declared && typed && reply.status() < 500;
    }

    private String body(JsonObject operation) {
        if (random.nextInt(8) == 0) {
            return text(30);
        }
        JsonObject body = new JsonObject();
        schemaOf(operation).getJsonObject("properties").forEach(property -> {
            if (random.nextBoolean()) {
                body.put(property.getKey(), value((JsonObject) property.getValue()));
            }
        });
        return body.encode();
    }

    private JsonObject schemaOf(JsonObject operation) {
        String reference = operation
                .getJsonObject("requestBody")
                .getJsonObject("content")
                .getJsonObject("application/json")
                .getJsonObject("schema")
                .getString("$ref");
        return contract.getJsonObject("components")
                .getJsonObject("schemas")
                .getJsonObject(reference.substring(reference.lastIndexOf('/') + 1));
    }

    private Object value(JsonObject schema) {
        if (random.nextInt(6) == 0) {
            return text(20);
        }
        if (schema.containsKey("enum")) {
            return schema.getJsonArray("enum")
                    .getValue(random.nextInt(schema.getJsonArray("enum").size()));
        }
        return switch (schema.getString("type")) {
            case "boolean" -> random.nextBoolean();
            case "integer" -> random.nextInt(-2, 130);
            case "array" -> new JsonArray().add(text(20));
            case "number" -> random.nextDouble() * 100 - 5;
            default ->
                random.nextInt(3) == 0
                        ? KNOWN.get(random.nextInt(KNOWN.size()))
                        : text(random.nextInt(10) == 0 ? 300 : 40);
        };
    }

    /** Random text of any characters, including control characters. */
    private String text(int maxLength) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(maxLength) + 1; i > 0; i--) {
            int point = random.nextInt(3) == 0 ? random.nextInt(0x1F600) : 32 + random.nextInt(95);
            text.appendCodePoint(Character.getType(point) == Character.SURROGATE ? '/' : point);
        }
        return text.toString();
    }

    private static String encode(Object value) {
        return URLEncoder.encode(String.valueOf(value), StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static void await(Future<?> future) {
        try {
            future.await(60, TimeUnit.SECONDS);
        } catch (TimeoutException timeout) {
            throw new AssertionError("no response", timeout);
        }
    }
}
