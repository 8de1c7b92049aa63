package dev.sluice.http;

import dev.sluice.http.TestClient.Reply;
import dev.sluice.http.problem.Problem;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
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
 * Requests to every operation of a contract, made of its schemas: mostly as they allow, sometimes not. The same seed makes the
 * same requests.
 */
public final class RandomRequests {
    private static final List<String> FORMS =
            List.of("multipart/form-data; boundary=b", "multipart/form-data", "application/octet-stream", "text/plain");
    private static final int AT_ONCE = 20;
    private static final List<String> KNOWN = List.of("clip", "of-bob", "picture", "lost", "bobs", "sent", "older");

    private final TestClient client;
    private final JsonObject contract;
    private final List<String> tokens;
    private final Random random;

    public RandomRequests(TestClient client, JsonObject contract, List<String> tokens, long seed) {
        this.client = client;
        this.contract = contract;
        this.tokens = tokens;
        this.random = new Random(seed);
    }

    /** Sends so many to each operation; gives those whose answers were of a kind that must not be. */
    public List<String> run(int each) {
        List<String> wrong = new ArrayList<>();
        JsonObject paths = contract.getJsonObject("paths");
        for (String path : paths.fieldNames()) {
            for (String method : paths.getJsonObject(path).fieldNames()) {
                JsonObject operation = paths.getJsonObject(path).getJsonObject(method);
                for (int sent = 0; sent < each; sent += AT_ONCE) {
                    await(Future.all(IntStream.range(0, AT_ONCE)
                            .mapToObj(i -> once(method.toUpperCase(Locale.ROOT), path, operation, wrong))
                            .toList()));
                }
            }
        }
        return List.copyOf(wrong);
    }

    private static String ascii(String value) {
        return value.replaceAll("[^ -~]", "?");
    }

    private static boolean takesForms(JsonObject operation) {
        return takes(operation, "multipart/form-data");
    }

    private static boolean takesBytes(JsonObject operation) {
        return takes(operation, "application/offset+octet-stream");
    }

    private static boolean takes(JsonObject operation, String type) {
        return operation
                .getJsonObject("requestBody", new JsonObject())
                .getJsonObject("content", new JsonObject())
                .containsKey(type);
    }

    private Future<Void> once(String method, String path, JsonObject operation, List<String> wrong) {
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
        if (takesForms(operation)) {
            headers.put("Content-Type", FORMS.get(random.nextInt(FORMS.size())));
            String form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + text(20) + "\"\r\n\r\n"
                    + text(300) + "\r\n--b--\r\n";
            body = Buffer.buffer(random.nextBoolean() ? form : text(300));
        } else if (operation.containsKey("requestBody") && takesBytes(operation)) {
            headers.put("Content-Type", random.nextInt(4) > 0 ? "application/offset+octet-stream" : "text/plain");
            body = Buffer.buffer(text(300));
        } else if (operation.containsKey("requestBody") && random.nextBoolean()) {
            headers.put("Content-Type", random.nextInt(10) > 0 ? "application/json" : "text/plain");
            body = Buffer.buffer(body(operation));
        }
        String sent = method + " " + uri + query + " " + body;
        return client.send(method, uri + query, headers, body).map(reply -> {
            if (!isAllowed(reply, operation)) {
                wrong.add(sent + " -> " + reply.status() + " " + reply.body());
            }
            return null;
        });
    }

    /** A status that the contract names (or what any path may say of a request that is none), in the form for it. */
    private static boolean isAllowed(Reply reply, JsonObject operation) {
        boolean named = operation.getJsonObject("responses").containsKey(String.valueOf(reply.status()))
                || reply.status() == 400
                || reply.status() == 404;
        if (reply.body().length() == 0) {
            // Of tus, which answers in headers; no answer to HEAD has a body, and that of a stream is not waited for.
            return named && reply.status() < 500;
        }
        boolean form = reply.status() == 200
                ? reply.contentType().equals("application/json")
                : reply.contentType().equals(Problem.CONTENT_TYPE)
                        && !reply.code().isEmpty();
        return named && form && reply.status() < 500;
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

    /** Of any characters that there are, those that mean something to somebody among them. */
    private String text(int longest) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(longest) + 1; i > 0; i--) {
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
        } catch (TimeoutException hangs) {
            throw new AssertionError("hangs", hangs);
        }
    }
}
