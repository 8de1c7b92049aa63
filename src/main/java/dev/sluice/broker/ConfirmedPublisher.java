package dev.sluice.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import dev.sluice.broker.connection.BrokerConnection;
import dev.sluice.broker.connection.BrokerEndpoint;
import dev.sluice.broker.connection.BrokerException;
import dev.sluice.broker.connection.ConnectionSupervisor;
import dev.sluice.broker.connection.HeaderConverter;
import dev.sluice.config.RabbitMqConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Publishes persistent messages over its own connection. A message counts as published when the broker has confirmed it
 * and at least one queue has accepted it. Otherwise the future fails with a {@link BrokerException}; the message may or
 * may not have been published and must be resent. Everything runs on the context of its creator.
 */
public final class ConfirmedPublisher {
    /**
     * Limit of unconfirmed messages, above what any caller sends concurrently; beyond it the broker is not keeping up.
     */
    private static final int MAX_UNCONFIRMED = 1_000;

    private static final int PERSISTENT = 2;

    private final Vertx vertx;
    private final Context context;
    private final RabbitMqConfig config;
    private final boolean declaring;
    private final ConnectionSupervisor supervisor;

    private PendingConfirms confirms = new PendingConfirms();
    private boolean blocked;
    private boolean stopping;

    /** Creates a publisher that does nothing before {@link #start}. */
    public ConfirmedPublisher(Vertx vertx, RabbitMqConfig config) {
        this(vertx, config, true);
    }

    /** @param declaring whether exchanges and queues are declared on each connection */
    public ConfirmedPublisher(Vertx vertx, RabbitMqConfig config, boolean declaring) {
        this.declaring = declaring;
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.config = config;
        this.supervisor = new ConnectionSupervisor(
                vertx, BrokerEndpoint.of(config), "publisher", BrokerConnection.Use.PUBLISH, this::prepare, this::lost);
    }

    /** Connects; retries until the broker is available. */
    public void start() {
        context.runOnContext(v -> supervisor.start());
    }

    /**
     * Completes on the first connection to the broker; fails with {@link BrokerException} if stopped before, or if the
     * broker permanently refuses it.
     */
    public Future<Void> whenConnected() {
        return supervisor.ready();
    }

    /** Returns whether the broker is connected and accepts messages; call it on the context of the creator. */
    public boolean canPublish() {
        return !stopping && !blocked && supervisor.current() != null;
    }

    /**
     * Publishes a message. Fails immediately if the broker is not connected, and at the latest after the confirm
     * timeout.
     */
    public Future<Void> publish(OutgoingMessage message) {
        Promise<Void> promise = Promise.promise();
        context.runOnContext(v -> send(message, promise));
        return promise.future();
    }

    /** Rejects further messages and closes the connection; unconfirmed messages fail. Never fails. */
    public Future<Void> stop() {
        Promise<Void> promise = Promise.promise();
        context.runOnContext(v -> {
            stopping = true;
            supervisor.stop().onComplete(promise);
        });
        return promise.future();
    }

    private void send(OutgoingMessage message, Promise<Void> promise) {
        BrokerConnection connection = supervisor.current();
        if (stopping || connection == null || blocked || confirms.size() >= MAX_UNCONFIRMED) {
            promise.fail(new BrokerException("Not published: " + rejectionReason(connection)));
            return;
        }
        PendingConfirms current = confirms;
        long number = current.register(message.messageId(), promise);
        long limit = vertx.setTimer(Math.max(1, config.confirmTimeout().toMillis()), expired -> {
            if (current.isPending(number)) {
                supervisor.replace(
                        connection,
                        "no confirm within " + config.confirmTimeout().toMillis() + " ms.");
            }
        });
        promise.future().onComplete(done -> vertx.cancelTimer(limit));
        connection
                .execute(channel -> write(channel, number, message))
                .onFailure(cause -> supervisor.replace(connection, String.valueOf(cause.getMessage())));
    }

    private String rejectionReason(@Nullable BrokerConnection connection) {
        if (stopping) {
            return "the publisher is stopping.";
        }
        if (connection == null) {
            return "the broker is not connected.";
        }
        return blocked ? "the broker is blocking publishers." : "too many unconfirmed messages.";
    }

    private void write(Channel channel, long number, OutgoingMessage message) throws IOException {
        if (channel.getNextPublishSeqNo() != number) {
            throw new IOException("message " + number + " would be published as " + channel.getNextPublishSeqNo());
        }
        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .contentEncoding("UTF-8")
                .deliveryMode(PERSISTENT)
                .messageId(message.messageId())
                .headers(HeaderConverter.toTable(message.headers()))
                .build();
        boolean mandatory = true;
        boolean toQueue = message.exchange().equals(Topology.DEFAULT_EXCHANGE);
        channel.basicPublish(
                config.named(message.exchange()),
                toQueue ? config.named(message.routingKey()) : message.routingKey(),
                mandatory,
                properties,
                message.body().getBytes());
    }

    private Future<Void> prepare(BrokerConnection connection) {
        PendingConfirms created = new PendingConfirms();
        confirms = created;
        blocked = false;
        return connection.execute(channel -> {
            if (declaring) {
                Topology.declare(channel, config);
            }
            channel.addReturnListener(returned -> context.runOnContext(v -> created.onReturn(
                    returned.getProperties().getMessageId(),
                    new BrokerException("Not published: no queue is bound to exchange '" + returned.getExchange()
                            + "' with key '" + returned.getRoutingKey() + "'."))));
            channel.addConfirmListener(
                    (number, multiple) -> context.runOnContext(v -> created.onAck(number, multiple)),
                    (number, multiple) -> context.runOnContext(v -> created.onNack(
                            number, multiple, new BrokerException("Not published: the broker rejected it."))));
            channel.getConnection()
                    .addBlockedListener(
                            reason -> context.runOnContext(v -> block(connection)),
                            () -> context.runOnContext(v -> unblock(connection)));
            channel.confirmSelect();
        });
    }

    private void lost(String reason) {
        blocked = false;
        confirms.failAll(new BrokerException("Publish outcome unknown: " + reason));
    }

    /**
     * Handles a broker that is low on memory or disk. It reads nothing from a connection that has published, not even
     * its close, so a new connection would only leave this one lingering: the connection is kept.
     */
    private void block(BrokerConnection connection) {
        if (supervisor.current() == connection) {
            blocked = true;
            supervisor.outageLogger().connectionFailed("the broker is blocking publishers: low on memory or disk.");
            confirms.failAll(new BrokerException("Publish outcome unknown: the broker is low on memory or disk."));
        }
    }

    private void unblock(BrokerConnection connection) {
        if (supervisor.current() == connection) {
            blocked = false;
            supervisor.outageLogger().connected();
        }
    }
}
