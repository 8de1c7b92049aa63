package dev.sluice.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.parsetools.RecordParser;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Receives a stream of server-sent events. */
public final class EventClient implements AutoCloseable {
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final HttpClientRequest request;
    private final int status;
    private volatile boolean ended;

    public record Event(String name, String id, String data) {
        public JsonObject json() {
            return new JsonObject(data);
        }
    }

    private EventClient(HttpClientRequest request, int status) {
        this.request = request;
        this.status = status;
    }

    /** A client for up to 1,000 streams. */
    public static HttpClient client(Vertx vertx) {
        return vertx.createHttpClient(
                new HttpClientOptions().setKeepAlive(false), new PoolOptions().setHttp1MaxSize(1_000));
    }

    public static EventClient open(HttpClient client, int port, String path, Map<String, String> headers) {
        return open(client, port, path, headers, event -> {});
    }

    /** @param listener receives each event on an event loop */
    public static EventClient open(
            HttpClient client, int port, String path, Map<String, String> headers, Consumer<Event> listener) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost("127.0.0.1")
                .setPort(port)
                .setURI(path);
        headers.forEach(options::putHeader);
        try {
            return client.request(options)
                    .compose(request -> request.send().map(response -> {
                        EventClient stream = new EventClient(request, response.statusCode());
                        response.exceptionHandler(disconnected -> stream.ended = true);
                        response.endHandler(end -> stream.ended = true);
                        response.handler(
                                RecordParser.newDelimited("\n\n", block -> stream.onBlock(block.toString(), listener)));
                        return stream;
                    }))
                    .await(20, TimeUnit.SECONDS);
        } catch (TimeoutException timeout) {
            throw new AssertionError("no response", timeout);
        }
    }

    private void onBlock(String block, Consumer<Event> listener) {
        String name = "";
        String id = "";
        String data = "";
        for (String line : block.split("\n", -1)) {
            if (line.startsWith("event: ")) {
                name = line.substring(7);
            } else if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("data: ")) {
                data = line.substring(6);
            }
        }
        if (!name.isEmpty()) {
            Event event = new Event(name, id, data);
            events.add(event);
            listener.accept(event);
        }
    }

    public int status() {
        return status;
    }

    public boolean ended() {
        return ended;
    }

    public List<Event> events() {
        return List.copyOf(events);
    }

    @Override
    public void close() {
        request.reset();
    }
}
