package dev.sluice.broker;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/**
 * A JSON message to publish.
 *
 * @param exchange one of {@link Topology}
 * @param body UTF-8 JSON
 * @param messageId identical for every resend of the message, so that consumers can detect duplicates
 */
public record OutgoingMessage(String exchange, String routingKey, Buffer body, JsonObject headers, String messageId) {}
