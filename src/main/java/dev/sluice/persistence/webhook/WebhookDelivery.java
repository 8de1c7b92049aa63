package dev.sluice.persistence.webhook;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.UUID;

/**
 * A webhook that is to be sent now.
 *
 * @param event as it goes out
 * @param origin of {@code url}, which may print
 * @param payload the update
 * @param tries with this one
 * @param age since the update was applied
 */
public record WebhookDelivery(
        UUID id, String job, String event, String url, String origin, JsonObject payload, int attempts, Duration age) {}
