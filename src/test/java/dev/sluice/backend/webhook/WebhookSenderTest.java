package dev.sluice.backend.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.WebhooksConfig;
import dev.sluice.config.value.Secret;
import dev.sluice.persistence.webhook.WebhookDelivery;
import dev.sluice.webhook.AddressPolicy;
import dev.sluice.webhook.WebhookSignature;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSenderTest {
    private static final String SECRET = "a-secret-of-thirty-two-characters";
    private static final UUID ID = new UUID(1, 2);

    private final List<WebhookRequest> requests = new ArrayList<>();
    private Future<Integer> response = Future.succeededFuture(204);
    private Optional<Secret> secret = Optional.of(new Secret(SECRET));
    private Optional<String> owner = Optional.empty();
    private Future<List<InetAddress>> addresses = Future.succeededFuture(List.of(address("8.8.8.8")));

    @Test
    void sendsSignedRequest() {
        WebhookResult result = attempt("https://hooks.test/x?y", 1);

        assertThat(result).isEqualTo(WebhookResult.delivered());
        WebhookRequest request = requests.get(0);
        assertThat(request.address()).isEqualTo(address("8.8.8.8"));
        assertThat(request.body().toJsonObject())
                .isEqualTo(new JsonObject()
                        .put("job_id", "7")
                        .put("status", "completed")
                        .put("id", ID.toString())
                        .put("event", "job.completed"));
        assertThat(request.headers())
                .containsEntry("Content-Type", "application/json")
                .containsEntry("User-Agent", "Sluice/1.2.3")
                .containsEntry("Sluice-Delivery", ID.toString())
                .containsEntry("Sluice-Timestamp", "1764000000")
                .containsEntry("Sluice-Signature", WebhookSignature.of(SECRET, 1_764_000_000, request.body()));
    }

    @Test
    void signsWithSecretOfUserWhoNamedTheReceiver() {
        owner = Optional.of("ann");

        attempt("https://hooks.test/x?y", 1);

        WebhookRequest request = requests.get(0);
        // printf 'sluice webhook secret of ann' | openssl dgst -sha256 -hmac a-secret-of-thirty-two-characters
        String derived = "25a7524cd268e2bee8b84ba12a70b16bb26e2162b59d0bbdf15e690e52cdde02";
        assertThat(request.headers())
                .containsEntry("Sluice-Signature", WebhookSignature.of(derived, 1_764_000_000, request.body()));
        assertThat(WebhookSignature.secretOf("bob", SECRET)).isNotEqualTo(derived);
    }

    @Test
    void rejectsHostWithAnyForbiddenAddress() {
        addresses = Future.succeededFuture(List.of(address("8.8.8.8"), address("169.254.169.254")));

        assertThat(attempt("https://rebound.test/", 1).kind()).isEqualTo(WebhookResult.Kind.REJECTED);
        assertThat(requests).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://localhost/", "http://2130706433/", "http://[::ffff:10.0.0.1]/", "ftp://hooks.test/"})
    void rejectsForbiddenUrl(String url) {
        assertThat(attempt(url, 1).kind()).isEqualTo(WebhookResult.Kind.REJECTED);
        assertThat(requests).isEmpty();
    }

    @Test
    void usesAnotherAddressForEachAttempt() {
        addresses = Future.succeededFuture(List.of(address("8.8.8.8"), address("9.9.9.9")));

        attempt("https://hooks.test/", 1);
        attempt("https://hooks.test/", 2);
        attempt("https://hooks.test/", 3);

        assertThat(requests.stream().map(request -> request.address().getHostAddress()))
                .containsExactly("8.8.8.8", "9.9.9.9", "8.8.8.8");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 400, 404, 410, 500, 503})
    void failsWhenStatusIsNotSuccess(int status) {
        response = Future.succeededFuture(status);

        assertThat(attempt("https://hooks.test/", 1)).isEqualTo(WebhookResult.failed("HTTP status " + status));
    }

    @Test
    void failsWhenReceiverIsUnavailable() {
        response = Future.failedFuture(new TimeoutException("late"));
        assertThat(attempt("https://hooks.test/", 1)).isEqualTo(WebhookResult.failed("no response within the timeout"));

        addresses = Future.failedFuture(new UnknownHostException("hooks.test"));
        assertThat(attempt("https://hooks.test/", 1).kind()).isEqualTo(WebhookResult.Kind.FAILED);
    }

    @Test
    void rejectsReceiverWithoutSecret() {
        secret = Optional.empty();

        assertThat(attempt("https://hooks.test/", 1).kind()).isEqualTo(WebhookResult.Kind.REJECTED);
        assertThat(requests).isEmpty();
    }

    private WebhookResult attempt(String url, int attempts) {
        WebhooksConfig config = new WebhooksConfig(
                List.of(),
                secret,
                new AddressPolicy(false),
                List.of(Duration.ofSeconds(5)),
                Duration.ofDays(1),
                Duration.ofSeconds(10));
        WebhookTransport transport = new WebhookTransport() {
            @Override
            public Future<Integer> post(WebhookRequest request) {
                requests.add(request);
                return response;
            }

            @Override
            public Future<Void> close() {
                return Future.succeededFuture();
            }
        };
        Clock clock = Clock.fixed(Instant.ofEpochSecond(1_764_000_000), ZoneOffset.UTC);
        JsonObject payload = new JsonObject().put("job_id", "7").put("status", "completed");
        try {
            return new WebhookSender(config, name -> addresses, transport, clock, "1.2.3")
                    .attempt(new WebhookDelivery(
                            ID,
                            "7",
                            "job.completed",
                            url,
                            "https://hooks.test:443",
                            owner,
                            payload.encode(),
                            attempts,
                            Duration.ZERO))
                    .await(10, TimeUnit.SECONDS);
        } catch (TimeoutException timeout) {
            throw new AssertionError("no result", timeout);
        }
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException invalid) {
            throw new AssertionError(invalid);
        }
    }
}
