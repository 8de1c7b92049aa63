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
 * Sends webhooks over a connection each, to the address that was checked and to no other: no name is asked for here, and no
 * redirect is followed. Over TLS the certificate has to be for the host of the URL all the same.
 */
public final class HttpWebhookTransport implements WebhookTransport {
    /** Bytes of an answer; who says more is hung up on. */
    private static final int MAX_RESPONSE_BYTES = 4096;

    private static final int AT_ONCE_TO_ONE = 8;

    private final HttpClient client;
    private final ClientSSLOptions tls;
    private final Duration timeout;

    /** @param timeout for each step of a request */
    public HttpWebhookTransport(Vertx vertx, Duration timeout) {
        this(vertx, timeout, Optional.empty());
    }

    /** @param trust in place of the authorities that this JVM trusts */
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
                new PoolOptions().setHttp1MaxSize(AT_ONCE_TO_ONE));
    }

    @Override
    public Future<Integer> post(WebhookRequest post) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setServer(SocketAddress.inetSocketAddress(
                        new InetSocketAddress(post.address(), post.url().port())))
                .setHost(post.url().host())
                .setPort(post.url().port())
                .setSsl(post.url().tls())
                .setSslOptions(tls)
                .setFollowRedirects(false)
                .setURI(post.url().requestTarget());
        post.headers().forEach(options::putHeader);
        return client.request(options)
                .compose(request -> answer(request, post.body()).eventually(() -> hangUp(request)));
    }

    @Override
    public Future<Void> close() {
        return client.close();
    }

    private Future<Integer> answer(HttpClientRequest request, Buffer body) {
        return request.send(body)
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .compose(response -> end(response)
                        .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                        // The status says it all; this is for receivers that do not like to be cut short.
                        .otherwiseEmpty()
                        .map(response.statusCode()));
    }

    private static Future<Void> end(HttpClientResponse response) {
        Promise<Void> end = Promise.promise();
        ByteCounter seen = new ByteCounter();
        response.handler(chunk -> {
            if (seen.add(chunk.length()) > MAX_RESPONSE_BYTES) {
                response.pause();
                end.tryComplete();
            }
        });
        response.exceptionHandler(end::tryFail);
        response.endHandler(ended -> end.tryComplete());
        return end.future();
    }

    private static Future<Void> hangUp(HttpClientRequest request) {
        return request.connection().close().otherwiseEmpty();
    }

    /** Bytes that have come; on one event loop. */
    private static final class ByteCounter {
        private long bytes;

        long add(long more) {
            bytes += more;
            return bytes;
        }
    }
}
