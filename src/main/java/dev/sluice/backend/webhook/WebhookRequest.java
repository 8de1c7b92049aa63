package dev.sluice.backend.webhook;

import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.buffer.Buffer;
import java.net.InetAddress;
import java.util.Map;

/**
 * A request that is ready to go.
 *
 * @param address where it goes, whatever the name in {@code url} says by now
 */
public record WebhookRequest(WebhookUrl url, InetAddress address, Map<String, String> headers, Buffer body) {
    public WebhookRequest {
        headers = Map.copyOf(headers);
    }
}
