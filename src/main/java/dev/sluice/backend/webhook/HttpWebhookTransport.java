package dev.sluice.backend.webhook;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Sends each webhook over a connection of its own to the checked address: host names are not resolved here, and redirects are
 * not followed. With TLS the certificate must still match the host of the URL.
 */
public final class HttpWebhookTransport implements WebhookTransport {
    /** The connection is closed after this size of a response body. */
    private static final int MAX_RESPONSE_BYTES = 4096;

    private static final int MAX_CONNECTIONS_PER_RECEIVER = 8;

    private final HttpClient client;
    private final ClientSSLOptions tls;
    private final Duration timeout;

    /** @param timeout of each step of a request */
    public HttpWebhookTransport(Vertx vertx, Duration timeout) {
        this(vertx, timeout, Optional.empty());
    }

    /** @param trust replaces the certificate authorities of the JVM */
    HttpWebhookTransport(Vertx vertx, Duration timeout, Optional<TrustOptions> trust) {
        this.timeout = timeout;
        this.tls = new ClientSSLOptions().setHostnameVerificationAlgorithm("HTTPS");
        trust.ifPresent(tls::setTrustOptions);
        this.client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setKeepAlive(false)
                        .setConnectTimeout((int) timeout.toMillis())
                        .setSslHandshakeTimeout(timeout.toMillis())
                        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS),
                new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS_PER_RECEIVER));
    }

    @Override
    public Future<Integer> post(WebhookRequest webhook) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setServer(SocketAddress.inetSocketAddress(
                        new InetSocketAddress(webhook.address(), webhook.url().port())))
                .setHost(webhook.url().host())
                .setPort(webhook.url().port())
                .setSsl(webhook.url().tls())
                .setSslOptions(tls)
                .setFollowRedirects(false)
                .setURI(webhook.url().requestTarget());
        webhook.headers().forEach(options::putHeader);
        return client.request(options)
                .compose(request -> send(request, webhook.body()).eventually(() -> closeConnection(request)));
    }

    @Override
    public Future<Void> close() {
        return client.close();
    }

    private Future<Integer> send(HttpClientRequest request, Buffer body) {
        return request.send(body)
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .compose(response -> readBody(response)
                        .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                        // Only the status matters; the body is read because some receivers fail otherwise.
                        .otherwiseEmpty()
                        .map(response.statusCode()));
    }

    private static Future<Void> readBody(HttpClientResponse response) {
        Promise<Void> end = Promise.promise();
        ByteCounter received = new ByteCounter();
        response.handler(chunk -> {
            if (received.add(chunk.length()) > MAX_RESPONSE_BYTES) {
                response.pause();
                end.tryComplete();
            }
        });
        response.exceptionHandler(end::tryFail);
        response.endHandler(ended -> end.tryComplete());
        return end.future();
    }

    private static Future<Void> closeConnection(HttpClientRequest request) {
        return request.connection().close().otherwiseEmpty();
    }

    /** For use on one event loop. */
    private static final class ByteCounter {
        private long bytes;

        long add(long more) {
            bytes += more;
            return bytes;
        }
    }
}
