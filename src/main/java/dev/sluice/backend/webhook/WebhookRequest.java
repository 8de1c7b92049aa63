package dev.sluice.backend.webhook;

import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.buffer.Buffer;
import java.net.InetAddress;
import java.util.Map;

/**
 * A signed request.
 *
 * @param address the checked address, to which it is sent even if the host name of {@code url} resolves to another one
 */
public record WebhookRequest(WebhookUrl url, InetAddress address, Map<String, String> headers, Buffer body) {
    public WebhookRequest {
        headers = Map.copyOf(headers);
    }
}
