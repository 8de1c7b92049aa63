package dev.sluice.endtoend;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Receives webhooks and responds as configured by the test. */
final class WebhookReceiver {
    private static final int HANG = 0;

    private final Vertx vertx;
    private final int port;
    private final List<Hook> hooks = new CopyOnWriteArrayList<>();
    private final Deque<Integer> answers = new ConcurrentLinkedDeque<>();
    private volatile boolean hanging;
    private HttpServer server;

    private WebhookReceiver(Vertx vertx, int port) {
        this.vertx = vertx;
        this.port = port;
    }

    /** A received request. */
    record Hook(Map<String, String> headers, Buffer body) {
        JsonObject json() {
            return body.toJsonObject();
        }
    }

    /** Creates a receiver that does not listen yet. */
    static WebhookReceiver at(Vertx vertx, int port) {
        return new WebhookReceiver(vertx, port);
    }

    WebhookReceiver listen() throws TimeoutException {
        server = vertx.createHttpServer().requestHandler(this::take);
        PipelineFixture.get(server.listen(port, "127.0.0.1"));
        return this;
    }

    /** Status codes of the next responses; later ones are successful. */
    WebhookReceiver answering(Integer... statuses) {
        answers.addAll(List.of(statuses));
        return this;
    }

    /** Stops responding. */
    WebhookReceiver hanging() {
        hanging = true;
        return this;
    }

    /** Responds again. */
    void wellAgain() {
        hanging = false;
    }

    String url() {
        return "http://127.0.0.1:" + port + "/hook";
    }

    List<Hook> hooks() {
        return hooks;
    }

    List<Hook> of(String job) {
        return hooks.stream()
                .filter(hook -> hook.json().getString("job_id").equals(job))
                .toList();
    }

    void close() throws TimeoutException {
        server.close().await(20, TimeUnit.SECONDS);
    }

    private void take(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            request.headers().forEach(headers::put);
            hooks.add(new Hook(headers, body));
            Integer answer = hanging ? Integer.valueOf(HANG) : answers.pollFirst();
            if (answer == null || answer != HANG) {
                request.response().setStatusCode(answer == null ? 204 : answer).end();
            }
        });
    }
}
