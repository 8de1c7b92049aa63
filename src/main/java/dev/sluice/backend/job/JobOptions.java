package dev.sluice.backend.job;

import dev.sluice.webhook.WebhookUrl;
import java.util.Optional;

/**
 * What a request chooses for the job that it creates.
 *
 * @param webhook receives the result of the job, in addition to the configured receivers
 * @param profile settings of the encode; empty for the default profile
 */
public record JobOptions(Optional<WebhookUrl> webhook, Optional<String> profile) {}
