package dev.sluice.broker;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/**
 * A JSON message on its way out.
 *
 * @param exchange one of {@link Topology}
 * @param body UTF-8 JSON
 * @param messageId the same each time the same message is sent again, so that readers can tell
 */
public record OutgoingMessage(String exchange, String routingKey, Buffer body, JsonObject headers, String messageId) {}
