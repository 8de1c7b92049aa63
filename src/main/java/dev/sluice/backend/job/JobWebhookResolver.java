package dev.sluice.backend.job;

import dev.sluice.config.WebhooksConfig;
import dev.sluice.config.value.Secret;
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
     * The secret that signs the webhooks of a user.
     *
     * @throws RequestRejectedException CONFLICT, if none is configured
     */
    public Secret secretOf(Caller caller) {
        return config.secretOf(caller.subject())
                .orElseThrow(() -> new RequestRejectedException(
                        RequestRejectedException.Reason.CONFLICT, "backend.webhookSecret is not set."));
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
