package dev.sluice.objectstore.s3;

import static dev.sluice.common.async.Await.await;

import dev.sluice.config.S3Config;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Proxy between client and store that injects faults into selected exchanges. */
public final class FaultProxy {
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final HttpClient client;
    private final HttpServer server;
    private final S3Config behind;

    private FaultProxy(Vertx vertx, S3Config behind) {
        this.behind = behind;
        this.client = vertx.createHttpClient();
        this.server = vertx.createHttpServer(
                new HttpServerOptions().setHandle100ContinueAutomatically(true).setMaxHeaderSize(32 * 1024));
        server.requestHandler(this::handle);
    }

    public static FaultProxy before(Vertx vertx, S3Config behind) {
        FaultProxy proxy = new FaultProxy(vertx, behind);
        await(proxy.server.listen(0, "127.0.0.1"));
        return proxy;
    }

    /** Configuration of the same bucket through this proxy. */
    public S3Config config() {
        return new S3Config(
                Optional.of(URI.create("http://127.0.0.1:" + server.actualPort())),
                Optional.empty(),
                behind.caFile(),
                behind.region(),
                behind.bucket(),
                behind.accessKey(),
                behind.secretKey(),
                behind.pathStyle(),
                behind.partSize(),
                behind.parallelism(),
                behind.timeout(),
                behind.expectContinue());
    }

    public Future<Void> close() {
        return server.close();
    }

    int requests() {
        return requests.get();
    }

    /** Injects the fault into all matching requests until the returned action is run. */
    public Runnable inject(Predicate<HttpServerRequest> which, Fault fault) {
        Rule rule = new Rule(new AtomicInteger(Integer.MAX_VALUE), which, fault);
        rules.add(rule);
        return () -> rules.remove(rule);
    }

    /** Injects the fault into the first {@code times} matching requests. */
    void inject(int times, Predicate<HttpServerRequest> which, Fault fault) {
        rules.add(new Rule(new AtomicInteger(times), which, fault));
    }

    void clear() {
        rules.clear();
    }

    static Predicate<HttpServerRequest> range(long start) {
        return request ->
                Optional.ofNullable(request.getHeader("Range")).orElse("").startsWith("bytes=" + start + "-");
    }

    static Predicate<HttpServerRequest> part(int number) {
        return request -> Integer.toString(number).equals(request.getParam("partNumber"));
    }

    static Predicate<HttpServerRequest> any() {
        return request -> true;
    }

    /** Responds with this status, without the store. */
    public static Fault status(int status, String code) {
        return exchange -> {
            exchange.request().resume();
            exchange.request()
                    .end()
                    .onComplete(read -> exchange.response()
                            .setStatusCode(status)
                            .putHeader("Content-Type", "application/xml")
                            .end("<Error><Code>" + code + "</Code><Message>injected</Message></Error>"));
        };
    }

    /** Forwards the first bytes of the body and then closes the connection. */
    static Fault breakAfter(int bytes) {
        return exchange -> exchange.forward().onSuccess(answer -> {
            exchange.copyHead(answer);
            exchange.response()
                    .write(answer.body()
                            .getBuffer(0, Math.min(bytes, answer.body().length())))
                    .onComplete(written -> exchange.request().connection().close());
        });
    }

    /** Forwards a body of the right length with other bytes. */
    static Fault change(Function<Buffer, Buffer> body) {
        return exchange -> exchange.forward().onSuccess(answer -> {
            exchange.copyHead(answer);
            exchange.response().end(body.apply(answer.body()));
        });
    }

    /** Runs an action while the client waits, and forwards the exchange unchanged. */
    public static Fault first(Supplier<Future<?>> action) {
        return exchange -> action.get().onSuccess(done -> exchange.relay());
    }

    /** Closes the connection before the request is forwarded. */
    public static Fault reset() {
        return exchange -> exchange.request().connection().close();
    }

    /** Never responds to the request. */
    static Fault silence() {
        return exchange -> exchange.request().resume();
    }

    private void handle(HttpServerRequest request) {
        requests.incrementAndGet();
        request.pause();
        Exchange exchange = new Exchange(request, client, behind.endpoint().orElseThrow());
        for (Rule rule : rules) {
            if (rule.which().test(request) && rule.left().getAndDecrement() > 0) {
                rule.fault().inject(exchange);
                return;
            }
        }
        exchange.relay();
    }

    /** Handles a matching request. */
    public interface Fault {
        void inject(Exchange exchange);
    }

    private record Rule(AtomicInteger left, Predicate<HttpServerRequest> which, Fault fault) {}

    public record Answer(HttpClientResponse head, Buffer body) {}

    /** A received request that is not yet handled. */
    public record Exchange(HttpServerRequest request, HttpClient client, URI store) {
        HttpServerResponse response() {
            return request.response();
        }

        void relay() {
            forward().onSuccess(answer -> {
                copyHead(answer);
                response().end(answer.body());
            });
        }

        Future<Answer> forward() {
            RequestOptions options = new RequestOptions()
                    .setMethod(request.method())
                    .setHost(store.getHost())
                    .setPort(store.getPort())
                    .setURI(request.uri());
            request.headers().forEach((name, value) -> {
                if (!name.equalsIgnoreCase("Expect")) {
                    options.addHeader(name, value);
                }
            });
            return client.request(options)
                    .compose(out -> out.send(request))
                    .compose(head -> head.body().map(body -> new Answer(head, body)))
                    .onFailure(cause -> request.connection().close());
        }

        void copyHead(Answer answer) {
            response().setStatusCode(answer.head().statusCode());
            answer.head().headers().forEach((name, value) -> {
                if (!name.equalsIgnoreCase("Transfer-Encoding")) {
                    response().putHeader(name, value);
                }
            });
            if (answer.head().getHeader("Content-Length") == null) {
                response().setChunked(true);
            }
        }
    }
}
