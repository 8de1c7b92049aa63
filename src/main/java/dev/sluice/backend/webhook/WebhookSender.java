package dev.sluice.backend.webhook;

import dev.sluice.common.async.PayloadExecutor;
import dev.sluice.common.text.TextSanitizer;
import dev.sluice.config.WebhooksConfig;
import dev.sluice.config.value.Secret;
import dev.sluice.persistence.webhook.WebhookDelivery;
import dev.sluice.webhook.ForbiddenAddressException;
import dev.sluice.webhook.WebhookSignature;
import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** Makes one delivery attempt: resolves the address, checks it, signs the request and sends it to that address. */
final class WebhookSender {
    private static final int FIRST_SUCCESS = 200;
    private static final int LAST_SUCCESS = 299;
    private static final int MAX_ERROR_LENGTH = 200;
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9.+_-]+");

    private final WebhooksConfig config;
    private final HostResolver resolver;
    private final WebhookTransport transport;
    private final Clock clock;
    private final String agent;

    WebhookSender(
            WebhooksConfig config, HostResolver resolver, WebhookTransport transport, Clock clock, String version) {
        this.config = config;
        this.resolver = resolver;
        this.transport = transport;
        this.clock = clock;
        this.agent = TOKEN.matcher(version).matches() ? "Sluice/" + version : "Sluice";
    }

    /** Never fails. */
    Future<WebhookResult> attempt(WebhookDelivery delivery) {
        WebhookUrl url;
        try {
            url = WebhookUrl.parse(delivery.url());
            config.addressPolicy().check(url);
        } catch (IllegalArgumentException forbidden) {
            return Future.succeededFuture(WebhookResult.rejected(String.valueOf(forbidden.getMessage())));
        }
        return delivery.owner()
                .map(config::secretOf)
                .orElseGet(() -> config.secretFor(delivery.url()))
                .map(secret -> send(delivery, url, secret))
                .orElseGet(() -> Future.succeededFuture(
                        WebhookResult.rejected("the configuration has no secret for this receiver")));
    }

    private Future<WebhookResult> send(WebhookDelivery delivery, WebhookUrl url, Secret secret) {
        return addresses(url)
                .compose(resolved -> {
                    config.addressPolicy().check(resolved);
                    // Another address with each attempt: this host may not reach the first one, for example without
                    // IPv6.
                    InetAddress address = resolved.get((delivery.attempts() - 1) % resolved.size());
                    // A payload may have up to 1 MiB.
                    return PayloadExecutor.execute(
                            delivery.payload().length(), () -> request(delivery, url, address, secret));
                })
                .compose(transport::post)
                .map(WebhookSender::result)
                .otherwise(WebhookSender::result);
    }

    private Future<List<InetAddress>> addresses(WebhookUrl url) {
        return url.ipLiteral()
                .map(address -> Future.succeededFuture(List.of(address)))
                .orElseGet(() ->
                        resolver.resolve(url.host()).timeout(config.timeout().toMillis(), TimeUnit.MILLISECONDS));
    }

    private WebhookRequest request(WebhookDelivery delivery, WebhookUrl url, InetAddress address, Secret secret) {
        Buffer body = new JsonObject(delivery.payload())
                .put("id", delivery.id().toString())
                .put("event", delivery.event())
                .toBuffer();
        long now = clock.instant().getEpochSecond();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("User-Agent", agent);
        headers.put("Sluice-Delivery", delivery.id().toString());
        headers.put("Sluice-Timestamp", String.valueOf(now));
        headers.put("Sluice-Signature", WebhookSignature.of(secret.reveal(), now, body));
        return new WebhookRequest(url, address, headers, body);
    }

    private static WebhookResult result(int status) {
        return status >= FIRST_SUCCESS && status <= LAST_SUCCESS
                ? WebhookResult.delivered()
                : WebhookResult.failed("HTTP status " + status);
    }

    private static WebhookResult result(Throwable cause) {
        if (cause instanceof ForbiddenAddressException forbidden) {
            return WebhookResult.rejected(String.valueOf(forbidden.getMessage()));
        }
        String reason = cause instanceof TimeoutException
                ? "no response within the timeout"
                : cause.getClass().getSimpleName() + ": " + cause.getMessage();
        return WebhookResult.failed(TextSanitizer.singleLine(reason, MAX_ERROR_LENGTH));
    }
}
