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

/** Sends requests as they are given, path and all. */
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

    /** What came back; {@code json} is empty where the body is no object. */
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
        String boundary = "----between-the-parts-of-a-test";
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

    /** Begins to send a form whose file never ends, and closes the connection. */
    public void uploadAndHangUp(String uri, String token, Buffer begun) {
        String head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"film.mp4\"\r\n\r\n";
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
                    .compose(request -> request.write(Buffer.buffer(head).appendBuffer(begun))
                            .compose(written -> request.connection().close()))
                    .await(30, TimeUnit.SECONDS);
        } catch (TimeoutException hangs) {
            throw new AssertionError("hangs", hangs);
        }
    }

    public Reply call(String method, String uri, Map<String, String> headers, Buffer body) {
        try {
            return send(method, uri, headers, body).await(30, TimeUnit.SECONDS);
        } catch (TimeoutException hangs) {
            throw new AssertionError("hangs", hangs);
        }
    }

    public Future<Reply> send(String method, String uri, Map<String, String> headers, Buffer body) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.valueOf(method))
                .setHost("127.0.0.1")
                .setPort(port)
                .setURI(uri);
        headers.forEach(options::putHeader);
        // All on one context: a body that comes before it is asked for is lost.
        Promise<Reply> reply = Promise.promise();
        context.runOnContext(now -> client.request(options)
                .compose(request -> (body.length() == 0 ? request.send() : request.send(body))
                        .compose(response -> read(request, response)))
                .onComplete(reply));
        return reply.future();
    }

    /** Of a stream of events, which has no end, the head alone: then the client hangs up. */
    private static Future<Reply> read(HttpClientRequest request, HttpClientResponse response) {
        if (EVENTS.equals(response.getHeader("Content-Type"))) {
            response.exceptionHandler(hungUp -> {});
            return request.reset()
                    .transform(gone -> Future.succeededFuture(
                            new Reply(response.statusCode(), response.headers(), Buffer.buffer())));
        }
        return response.body().map(body -> new Reply(response.statusCode(), response.headers(), body));
    }
}
