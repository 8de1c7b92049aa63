package dev.sluice.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Envelope;
import dev.sluice.broker.connection.BrokerConnection;
import dev.sluice.broker.connection.HeaderConverter;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A message received over a channel. It is settled at most once, and only over that channel. If the channel is closed
 * by then, settling does nothing and the broker redelivers the message.
 */
public final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    /** Header set by RabbitMQ for quorum queues. */
    private static final String DELIVERY_COUNT_HEADER = "x-delivery-count";

    private final BrokerConnection connection;
    private final long tag;
    private final String queue;
    private final Buffer body;
    private final JsonObject headers;
    private final @Nullable String messageId;
    private final boolean redelivered;
    private final long receivedNanos = System.nanoTime();
    private final AtomicBoolean settled = new AtomicBoolean();

    Delivery(
            BrokerConnection connection,
            String queue,
            Envelope envelope,
            AMQP.BasicProperties properties,
            byte[] body) {
        this.connection = connection;
        this.tag = envelope.getDeliveryTag();
        this.queue = queue;
        this.body = Buffer.buffer(body);
        this.headers = HeaderConverter.toJson(properties.getHeaders());
        this.messageId = properties.getMessageId();
        this.redelivered = envelope.isRedeliver();
    }

    public String queue() {
        return queue;
    }

    public Buffer body() {
        return body;
    }

    /** Returns the size of the body, bytes; of a body larger than {@link BrokerConnection#MAX_BODY_BYTES} more than was received. */
    public long bodyBytes() {
        return headers.getValue(BrokerConnection.BODY_BYTES_HEADER) instanceof Number counted
                ? Math.max(body.length(), counted.longValue())
                : body.length();
    }

    /** Returns the headers; AMQP text and time types are converted to JSON strings. */
    public JsonObject headers() {
        return headers;
    }

    /** Returns the message ID, if the sender set one. */
    public Optional<String> messageId() {
        return Optional.ofNullable(messageId);
    }

    /** Returns whether the broker delivered this message before, to any consumer. */
    public boolean redelivered() {
        return redelivered;
    }

    /** Returns how often the message was requeued, as counted by quorum queues; 0 for other queues. */
    public long deliveryCount() {
        return headers.getValue(DELIVERY_COUNT_HEADER) instanceof Number counted ? Math.max(0, counted.longValue()) : 0;
    }

    /** Returns the time since the message was received. */
    public Duration held() {
        return Duration.ofNanos(System.nanoTime() - receivedNanos);
    }

    /** Returns whether the channel is closed, so that the message is or will be redelivered. */
    public boolean isStale() {
        return !connection.isOpen();
    }

    /** Acknowledges the message. Never fails: see {@link Delivery}. */
    public Future<Void> ack() {
        return settle("ack", channel -> channel.basicAck(tag, false));
    }

    /** Requeues the message. Never fails: see {@link Delivery}. */
    public Future<Void> requeue() {
        return settle("requeue", channel -> channel.basicNack(tag, false, true));
    }

    /** Returns the connection of the delivery. */
    BrokerConnection link() {
        return connection;
    }

    private Future<Void> settle(String operation, BrokerConnection.ChannelAction action) {
        if (!settled.compareAndSet(false, true)) {
            return Future.succeededFuture();
        }
        if (isStale()) {
            return dropped(operation, "channel closed");
        }
        return connection.execute(action).recover(cause -> dropped(operation, String.valueOf(cause.getMessage())));
    }

    private Future<Void> dropped(String operation, String reason) {
        LOG.atDebug()
                .addKeyValue("queue", queue)
                .addKeyValue("operation", operation)
                .addKeyValue("error", reason)
                .log("acknowledgement not sent; message will be redelivered");
        return Future.succeededFuture();
    }
}
