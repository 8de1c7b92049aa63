package dev.sluice.persistence.outbox;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/**
 * A message that waits to be published.
 *
 * @param exchange empty for the default exchange
 * @param body the raw bytes: also what cannot be decoded is passed on
 * @param messageId the same each time the message is sent, so that a reader can drop the second
 * @param orderedBy messages with the same value leave in the order in which they were put
 * @param delay how long it waits before it may leave
 */
public record OutboxMessage(
        String exchange,
        String routingKey,
        Buffer body,
        JsonObject headers,
        String messageId,
        Optional<String> orderingKey,
        Duration delay) {

    /** This message, waiting for {@code delay}. */
    public OutboxMessage delayedBy(Duration delay) {
        return new OutboxMessage(exchange, routingKey, body, headers, messageId, orderingKey, delay);
    }
}
