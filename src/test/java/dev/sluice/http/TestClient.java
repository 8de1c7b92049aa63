package dev.sluice.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends requests with unmodified paths. */
public final class TestClient {
    static final String EVENTS = "text/event-stream";

    private final HttpClient client;
    private final Context context;
    private final int port;

    public TestClient(Vertx vertx, int port) {
        this.client = vertx.createHttpClient(new HttpClientOptions().setIdleTimeout(20));
        this.context = vertx.getOrCreateContext();
        this.port = port;
    }

    /** A response; {@code json} is empty if the body is not an object. */
    public record Reply(int status, MultiMap headers, Buffer body) {
        public JsonObject json() {
            try {
                return body.toJsonObject();
            } catch (DecodeException | ClassCastException notAnObject) {
                return new JsonObject();
            }
        }

        public String contentType() {
            return String.valueOf(headers.get("Content-Type"));
        }

        public String code() {
            return json().getString("code", "");
        }
    }

    public Reply get(String uri, String token) {
        return call("GET", uri, Map.of("Authorization", "Bearer " + token), Buffer.buffer());
    }

    public Reply get(String uri) {
        return call("GET", uri, Map.of(), Buffer.buffer());
    }

    public Reply post(String uri, String token) {
        return call("POST", uri, Map.of("Authorization", "Bearer " + token), Buffer.buffer());
    }

    public Reply post(String uri, String token, JsonObject body) {
        return call(
                "POST",
                uri,
                Map.of("Authorization", "Bearer " + token, "Content-Type", "application/json"),
                body.toBuffer());
    }

    public Reply delete(String uri, String token) {
        return call("DELETE", uri, Map.of("Authorization", "Bearer " + token), Buffer.buffer());
    }

    /** Sends one file in the field {@code file} of a form. */
    public Reply upload(String uri, String token, String name, Buffer file) {
        String boundary = "----test-boundary";
        Buffer form = Buffer.buffer("--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\""
                        + name + "\"\r\nContent-Type: video/mp4\r\n\r\n")
                .appendBuffer(file)
                .appendString("\r\n--" + boundary + "--\r\n");
        return call(
                "POST",
                uri,
                Map.of("Authorization", "Bearer " + token, "Content-Type", "multipart/form-data; boundary=" + boundary),
                form);
    }

    /** Sends the beginning of a form and closes the connection. */
    public void uploadAndDisconnect(String uri, String token, Buffer prefix) {
        String head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"video.mp4\"\r\n\r\n";
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost("127.0.0.1")
                .setPort(port)
                .setURI(uri)
                .putHeader("Authorization", "Bearer " + token)
                .putHeader("Content-Type", "multipart/form-data; boundary=b")
                .putHeader("Content-Length", Long.toString(1L << 30));
        try {
            client.request(options)
                    .compose(request -> request.write(Buffer.buffer(head).appendBuffer(prefix))
                            .compose(written -> request.connection().close()))
                    .await(30, TimeUnit.SECONDS);
        } catch (TimeoutException timeout) {
            throw new AssertionError("no response", timeout);
        }
    }

    public Reply call(String method, String uri, Map<String, String> headers, Buffer body) {
        try {
            return send(method, uri, headers, body).await(30, TimeUnit.SECONDS);
        } catch (TimeoutException timeout) {
            throw new AssertionError("no response", timeout);
        }
    }

    public Future<Reply> send(String method, String uri, Map<String, String> headers, Buffer body) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.valueOf(method))
                .setHost("127.0.0.1")
                .setPort(port)
                .setURI(uri);
        headers.forEach(options::putHeader);
        // All on one context: a body received before its handler is set is lost.
        Promise<Reply> reply = Promise.promise();
        context.runOnContext(now -> client.request(options)
                .compose(request -> (body.length() == 0 ? request.send() : request.send(body))
                        .compose(response -> read(request, response)))
                .onComplete(reply));
        return reply.future();
    }

    /** Reads only the head of an event stream, which does not end, and resets the request. */
    private static Future<Reply> read(HttpClientRequest request, HttpClientResponse response) {
        if (EVENTS.equals(response.getHeader("Content-Type"))) {
            response.exceptionHandler(reset -> {});
            return request.reset()
                    .transform(done -> Future.succeededFuture(
                            new Reply(response.statusCode(), response.headers(), Buffer.buffer())));
        }
        return response.body().map(body -> new Reply(response.statusCode(), response.headers(), body));
    }
}
