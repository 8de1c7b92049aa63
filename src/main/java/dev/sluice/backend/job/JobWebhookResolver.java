package dev.sluice.backend.job;

import dev.sluice.config.WebhooksConfig;
import dev.sluice.webhook.WebhookUrl;
import java.util.Optional;

/** Who else is to be told how a job ends, as the one who makes the job says. */
public final class JobWebhookResolver {
    /** The parameter, or the property of a body, that says it. */
    public static final String PARAMETER = "webhookUrl";

    private final WebhooksConfig config;

    public JobWebhookResolver(WebhooksConfig config) {
        this.config = config;
    }

    /**
     * The address that was named, if one was.
     *
     * @throws RequestRejectedException UNUSABLE, if nothing is sent there
     */
    public Optional<WebhookUrl> resolve(Optional<String> webhookUrl) {
        try {
            return webhookUrl.map(config::parseJobWebhook);
        } catch (IllegalArgumentException refused) {
            throw new RequestRejectedException(
                    RequestRejectedException.Reason.INVALID,
                    "The " + PARAMETER + " cannot be used: " + refused.getMessage() + ".");
        }
    }
}
