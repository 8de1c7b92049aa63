package dev.sluice.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Envelope;
import dev.sluice.broker.connection.BrokerConnection;
import dev.sluice.broker.connection.HeaderConverter;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One message as it came over one channel. It is settled at most once, and only over that channel: if that is gone by then,
 * settling does nothing and the broker delivers the message again.
 */
public final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    /** RabbitMQ's, of quorum queues. */
    private static final String RETURNS = "x-delivery-count";

    private final BrokerConnection connection;
    private final long tag;
    private final String queue;
    private final Buffer body;
    private final JsonObject headers;
    private final @Nullable String messageId;
    private final boolean redelivered;
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

    /** The headers, with AMQP's own kinds of text and time as JSON text. */
    public JsonObject headers() {
        return headers;
    }

    /** What its sender calls it, if it does. */
    public Optional<String> messageId() {
        return Optional.ofNullable(messageId);
    }

    /** Whether the broker delivered this message before, to whomever. */
    public boolean redelivered() {
        return redelivered;
    }

    /** How often it came back already, as far as the broker counts that: quorum queues do; 0 otherwise. */
    public long deliveryCount() {
        return headers.getValue(RETURNS) instanceof Number counted ? Math.max(0, counted.longValue()) : 0;
    }

    /** Whether the channel it came over is gone, so that the message is, or will be, delivered again. */
    public boolean isStale() {
        return !connection.isOpen();
    }

    /** Tells the broker that the message is done with. Never fails: see {@link Delivery}. */
    public Future<Void> ack() {
        return settle("ack", channel -> channel.basicAck(tag, false));
    }

    /** Puts the message back into its queue. Never fails: see {@link Delivery}. */
    public Future<Void> requeue() {
        return settle("give back", channel -> channel.basicNack(tag, false, true));
    }

    /** What it came over. */
    BrokerConnection link() {
        return connection;
    }

    private Future<Void> settle(String how, BrokerConnection.ChannelAction action) {
        if (!settled.compareAndSet(false, true)) {
            return Future.succeededFuture();
        }
        if (isStale()) {
            return dropped(how, "its channel is gone");
        }
        return connection.execute(action).recover(cause -> dropped(how, String.valueOf(cause.getMessage())));
    }

    private Future<Void> dropped(String how, String reason) {
        LOG.atDebug()
                .addKeyValue("queue", queue)
                .addKeyValue("verdict", how)
                .addKeyValue("error", reason)
                .log("settling dropped, the message will come again");
        return Future.succeededFuture();
    }
}
