package dev.sluice.backend.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.tls.TestCertificateAuthority;
import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.junit5.VertxExtension;
import java.net.InetAddress;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The address of every request is 127.0.0.1, whatever the host name. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class HttpWebhookTransportTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final Vertx vertx;
    private final List<String> received = new CopyOnWriteArrayList<>();

    HttpWebhookTransportTest(Vertx vertx) {
        this.vertx = vertx;
    }

    @Test
    void sendsToAddressWithoutResolvingHostName() throws Exception {
        int port = listen(
                false,
                request -> request.body().onSuccess(body -> {
                    received.add(request.method() + " " + request.uri() + " " + request.getHeader("Host") + " "
                            + request.getHeader("Sluice-Delivery") + " " + body);
                    request.response().setStatusCode(202).end("thanks");
                }));

        // The name cannot be resolved.
        assertThat(post(TIMEOUT, "http://receiver.invalid:" + port + "/hook?a=b"))
                .isEqualTo(202);

        assertThat(received).containsExactly("POST /hook?a=b receiver.invalid:" + port + " 17 {}");
    }

    @Test
    void doesNotFollowRedirect() throws Exception {
        int port = listen(false, request -> {
            received.add(request.uri());
            request.response()
                    .setStatusCode(307)
                    .putHeader("Location", "/elsewhere")
                    .end();
        });

        assertThat(post(TIMEOUT, "http://receiver.invalid:" + port + "/")).isEqualTo(307);
        assertThat(received).containsExactly("/");
    }

    @Test
    void acceptsOnlyCertificateForHostName() throws Exception {
        int port = listen(true, request -> request.response().end());

        assertThat(post(TIMEOUT, "https://localhost:" + port + "/")).isEqualTo(200);
        assertThatThrownBy(() -> post(TIMEOUT, "https://receiver.invalid:" + port + "/"))
                .hasRootCauseInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> post(TIMEOUT, "https://127.0.0.1:" + port + "/"))
                .isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void rejectsUnknownCertificateAuthority() throws Exception {
        int port = listen(true, request -> request.response().end());
        HttpWebhookTransport transport = new HttpWebhookTransport(vertx, TIMEOUT);

        assertThatThrownBy(() -> transport
                        .post(request("https://localhost:" + port + "/"))
                        .await(20, TimeUnit.SECONDS))
                .isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void closesConnectionWhenResponseIsTooLong() throws Exception {
        int port = listen(false, request -> {
            request.response().setStatusCode(200).setChunked(true);
            vertx.setPeriodic(
                    1,
                    timer -> request.response()
                            .write(Buffer.buffer("x".repeat(1024)))
                            .onFailure(closed -> vertx.cancelTimer(timer)));
            request.connection().closeHandler(closed -> received.add("closed"));
        });

        assertThat(post(TIMEOUT, "http://receiver.invalid:" + port + "/")).isEqualTo(200);
        await().until(() -> received.contains("closed"));
    }

    @Test
    void timesOutWithoutResponse() throws Exception {
        int port = listen(false, request -> request.connection().closeHandler(closed -> received.add("closed")));

        assertThatThrownBy(() -> post(Duration.ofMillis(300), "http://receiver.invalid:" + port + "/"))
                .isInstanceOf(TimeoutException.class);
        await().until(() -> received.contains("closed"));
    }

    private int post(Duration timeout, String url) throws Exception {
        PemTrustOptions trust = new PemTrustOptions()
                .addCertPath(TestCertificateAuthority.known().caPem().toString());
        return new HttpWebhookTransport(vertx, timeout, Optional.of(trust))
                .post(request(url))
                .await(30, TimeUnit.SECONDS);
    }

    private static WebhookRequest request(String url) throws Exception {
        return new WebhookRequest(
                WebhookUrl.parse(url),
                InetAddress.getByName("127.0.0.1"),
                Map.of("Sluice-Delivery", "17"),
                Buffer.buffer("{}"));
    }

    private int listen(boolean tls, Handler<HttpServerRequest> receiver) throws TimeoutException {
        HttpServerOptions options = new HttpServerOptions().setHost("127.0.0.1").setSsl(tls);
        if (tls) {
            options.setKeyCertOptions(new PemKeyCertOptions()
                    .addCertPath(TestCertificateAuthority.known().certificate().toString())
                    .addKeyPath(TestCertificateAuthority.known().key().toString()));
        }
        return vertx.createHttpServer(options)
                .requestHandler(receiver)
                .listen(0)
                .await(20, TimeUnit.SECONDS)
                .actualPort();
    }
}
