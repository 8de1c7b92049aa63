package dev.sluice.backend.job;

import dev.sluice.common.text.TextSanitizer;
import dev.sluice.config.MediaConfig;
import dev.sluice.config.WebhooksConfig;
import dev.sluice.config.value.Secret;
import dev.sluice.webhook.WebhookUrl;
import java.util.Optional;

/** Validates what a request chooses for one job, by the configuration of this process. */
public final class JobOptionsResolver {
    /** The query parameter, or property of the body, with the URL of a webhook. */
    public static final String WEBHOOK = "webhookUrl";
    /** The query parameter, or property of the body or of the metadata of an upload, with the name of a profile. */
    public static final String PROFILE = "profile";

    private final WebhooksConfig webhooks;
    private final MediaConfig.Profiles profiles;

    public JobOptionsResolver(WebhooksConfig webhooks, MediaConfig.Profiles profiles) {
        this.webhooks = webhooks;
        this.profiles = profiles;
    }

    /**
     * The secret that signs the webhooks of a user.
     *
     * @throws RequestRejectedException CONFLICT, if none is configured
     */
    public Secret secretOf(Caller caller) {
        return webhooks.secretOf(caller.subject())
                .orElseThrow(() -> new RequestRejectedException(
                        RequestRejectedException.Reason.CONFLICT, "backend.webhookSecret is not set."));
    }

    /**
     * The options of a request.
     *
     * @throws RequestRejectedException INVALID, if the URL is not allowed or there is no such profile
     */
    public JobOptions resolve(Optional<String> webhookUrl, Optional<String> profile) {
        return new JobOptions(webhook(webhookUrl), profile(profile));
    }

    private Optional<WebhookUrl> webhook(Optional<String> webhookUrl) {
        try {
            return webhookUrl.map(webhooks::parseJobWebhook);
        } catch (IllegalArgumentException invalid) {
            throw rejected(WEBHOOK, invalid);
        }
    }

    private Optional<String> profile(Optional<String> profile) {
        try {
            var unused = profiles.of(profile);
            return profile;
        } catch (IllegalArgumentException unknown) {
            throw rejected(
                    PROFILE + " '" + TextSanitizer.singleLine(profile.orElse(""), MediaConfig.Profiles.MAX_NAME) + "'",
                    unknown);
        }
    }

    private static RequestRejectedException rejected(String field, IllegalArgumentException cause) {
        return new RequestRejectedException(
                RequestRejectedException.Reason.INVALID, "Invalid " + field + ": " + cause.getMessage() + ".");
    }
}
