package dev.sluice.persistence.outbox;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * A message to be published.
 *
 * @param exchange empty for the default exchange
 * @param body raw bytes; may be undecodable
 * @param messageId equal for every publication of the message, so that a consumer can drop duplicates
 * @param orderingKey messages with the same key are published in the order in which they are enqueued
 * @param delay minimum time before publication
 * @param isFinal the final update of a job, which keeps a distance from the message before it with the same ordering key
 */
public record OutboxMessage(
        String exchange,
        String routingKey,
        Buffer body,
        JsonObject headers,
        String messageId,
        Optional<String> orderingKey,
        Duration delay,
        boolean isFinal) {

    /** A message that is no final update. */
    public OutboxMessage(
            String exchange,
            String routingKey,
            Buffer body,
            JsonObject headers,
            String messageId,
            Optional<String> orderingKey,
            Duration delay) {
        this(exchange, routingKey, body, headers, messageId, orderingKey, delay, false);
    }

    /** A message without headers, order and delay, with a random message id. */
    public static OutboxMessage of(String exchange, String routingKey, Buffer body) {
        return new OutboxMessage(
                exchange,
                routingKey,
                body,
                new JsonObject(),
                UUID.randomUUID().toString(),
                Optional.empty(),
                Duration.ZERO);
    }

    public OutboxMessage withHeaders(JsonObject headers) {
        return new OutboxMessage(exchange, routingKey, body, headers, messageId, orderingKey, delay, isFinal);
    }

    public OutboxMessage delayedBy(Duration delay) {
        return new OutboxMessage(exchange, routingKey, body, headers, messageId, orderingKey, delay, isFinal);
    }

    /** This message as the final update of a job. */
    public OutboxMessage asFinal() {
        return new OutboxMessage(exchange, routingKey, body, headers, messageId, orderingKey, delay, true);
    }
}
