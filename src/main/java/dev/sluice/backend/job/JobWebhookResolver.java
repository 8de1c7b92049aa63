package dev.sluice.backend.job;

import dev.sluice.config.WebhooksConfig;
import dev.sluice.webhook.WebhookUrl;
import java.util.Optional;

/** Validates the webhook that a request names for one job. */
public final class JobWebhookResolver {
    /** The query parameter, or property of the body, with the URL. */
    public static final String PARAMETER = "webhookUrl";

    private final WebhooksConfig config;

    public JobWebhookResolver(WebhooksConfig config) {
        this.config = config;
    }

    /**
     * The webhook of a request.
     *
     * @throws RequestRejectedException INVALID, if the URL is not allowed
     */
    public Optional<WebhookUrl> resolve(Optional<String> webhookUrl) {
        try {
            return webhookUrl.map(config::parseJobWebhook);
        } catch (IllegalArgumentException invalid) {
            throw new RequestRejectedException(
                    RequestRejectedException.Reason.INVALID,
                    "Invalid " + PARAMETER + ": " + invalid.getMessage() + ".");
        }
    }
}
