package dev.sluice.persistence.webhook;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * A webhook delivery that is due.
 *
 * @param event as in the request
 * @param origin of {@code url}; the URL itself may contain secrets and is not logged
 * @param owner the user who named the receiver; empty for a configured receiver
 * @param payload the update, as JSON
 * @param attempts including this one
 * @param age since the update was applied
 */
public record WebhookDelivery(
        UUID id,
        String job,
        String event,
        String url,
        String origin,
        Optional<String> owner,
        String payload,
        int attempts,
        Duration age) {}
