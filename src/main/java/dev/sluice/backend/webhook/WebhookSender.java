package dev.sluice.backend.webhook;

import dev.sluice.common.text.TextSanitizer;
import dev.sluice.config.WebhooksConfig;
import dev.sluice.config.value.Secret;
import dev.sluice.persistence.webhook.WebhookDelivery;
import dev.sluice.webhook.ForbiddenAddressException;
import dev.sluice.webhook.WebhookSignature;
import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.net.InetAddress;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** Makes one try of a delivery: finds the address, checks it, signs, and sends to that very address. */
final class WebhookSender {
    private static final int FIRST_SUCCESS = 200;
    private static final int LAST_SUCCESS = 299;
    private static final int LONGEST_QUOTE = 200;
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

    /** Tries it; never fails. */
    Future<WebhookResult> attempt(WebhookDelivery delivery) {
        WebhookUrl url;
        try {
            url = WebhookUrl.parse(delivery.url());
            config.addressPolicy().check(url);
        } catch (IllegalArgumentException refused) {
            return Future.succeededFuture(WebhookResult.refused(String.valueOf(refused.getMessage())));
        }
        return config.secretFor(delivery.url())
                .map(secret -> send(delivery, url, secret))
                .orElseGet(() -> Future.succeededFuture(
                        WebhookResult.refused("the configuration has no secret for it any more")));
    }

    private Future<WebhookResult> send(WebhookDelivery delivery, WebhookUrl url, Secret secret) {
        return addresses(url)
                .compose(found -> {
                    config.addressPolicy().check(found);
                    // Another one with each try: a host without IPv6 does not get to the first of all names.
                    InetAddress address = found.get((delivery.attempts() - 1) % found.size());
                    return transport.post(post(delivery, url, address, secret));
                })
                .map(WebhookSender::outcome)
                .otherwise(WebhookSender::outcome);
    }

    private Future<List<InetAddress>> addresses(WebhookUrl url) {
        return url.ipLiteral()
                .map(address -> Future.succeededFuture(List.of(address)))
                .orElseGet(() ->
                        resolver.resolve(url.host()).timeout(config.timeout().toMillis(), TimeUnit.MILLISECONDS));
    }

    private WebhookRequest post(WebhookDelivery delivery, WebhookUrl url, InetAddress address, Secret secret) {
        Buffer body = delivery.payload()
                .copy()
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

    private static WebhookResult outcome(int status) {
        return status >= FIRST_SUCCESS && status <= LAST_SUCCESS
                ? WebhookResult.delivered()
                : WebhookResult.failed("it answered " + status);
    }

    private static WebhookResult outcome(Throwable cause) {
        if (cause instanceof ForbiddenAddressException refused) {
            return WebhookResult.refused(String.valueOf(refused.getMessage()));
        }
        String what = cause instanceof TimeoutException
                ? "it did not answer in time"
                : cause.getClass().getSimpleName() + ": " + cause.getMessage();
        return WebhookResult.failed(TextSanitizer.singleLine(what, LONGEST_QUOTE));
    }
}
