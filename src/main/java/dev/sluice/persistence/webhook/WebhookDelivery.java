package dev.sluice.persistence.webhook;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.UUID;

/**
 * A webhook delivery that is due.
 *
 * @param event as in the request
 * @param origin of {@code url}; the URL itself may contain secrets and is not logged
 * @param payload the update
 * @param attempts including this one
 * @param age since the update was applied
 */
public record WebhookDelivery(
        UUID id, String job, String event, String url, String origin, JsonObject payload, int attempts, Duration age) {}
