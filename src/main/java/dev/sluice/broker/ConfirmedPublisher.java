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
 * Publishes persistent messages over a connection of its own; a message counts as published when the broker has confirmed
 * it and some queue took it. Any other end is a {@link BrokerException}, after which the message may or may not be there:
 * send it again. Everything happens on the context it was made on.
 */
public final class ConfirmedPublisher {
    /** More than any caller sends at once; what is beyond it piles up because the broker does not keep up. */
    private static final int MAX_UNCONFIRMED = 1_000;

    private static final int PERSISTENT = 2;

    private final Vertx vertx;
    private final Context context;
    private final RabbitMqConfig config;
    private final ConnectionSupervisor supervisor;

    private PendingConfirms confirms = new PendingConfirms();
    private boolean blocked;
    private boolean stopping;

    /** A publisher that does nothing before {@link #start}. */
    public ConfirmedPublisher(Vertx vertx, RabbitMqConfig config) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.config = config;
        this.supervisor =
                new ConnectionSupervisor(vertx, BrokerEndpoint.of(config), "publisher", this::prepare, this::lost);
    }

    /** Begins; a broker that is down is waited for. */
    public void start() {
        context.runOnContext(v -> supervisor.start());
    }

    /** Completes when the broker is connected for the first time; fails with {@link BrokerException} if stopped before. */
    public Future<Void> whenConnected() {
        return supervisor.ready();
    }

    /** Whether there is a broker to send to and it takes messages; to be asked on the context this was made on. */
    public boolean canPublish() {
        return !stopping && !blocked && supervisor.current() != null;
    }

    /** Publishes; fails at once while there is no broker to send to, and always within the time limit of confirms. */
    public Future<Void> publish(OutgoingMessage message) {
        Promise<Void> promise = Promise.promise();
        context.runOnContext(v -> send(message, promise));
        return promise.future();
    }

    /** Takes no more messages and closes the connection; what is not confirmed yet fails. Never fails itself. */
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
            promise.fail(new BrokerException("Not published: " + whyNot(connection)));
            return;
        }
        PendingConfirms here = confirms;
        long number = here.register(message.messageId(), promise);
        long limit = vertx.setTimer(Math.max(1, config.confirmTimeout().toMillis()), late -> {
            if (here.isPending(number)) {
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

    private String whyNot(@Nullable BrokerConnection connection) {
        if (stopping) {
            return "the publisher is stopping.";
        }
        if (connection == null) {
            return "the broker is not connected.";
        }
        return blocked ? "the broker takes nothing at the moment." : "too many messages wait for their confirms.";
    }

    private static void write(Channel channel, long number, OutgoingMessage message) throws IOException {
        if (channel.getNextPublishSeqNo() != number) {
            throw new IOException("message " + number + " would go out as " + channel.getNextPublishSeqNo());
        }
        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .contentEncoding("UTF-8")
                .deliveryMode(PERSISTENT)
                .messageId(message.messageId())
                .headers(HeaderConverter.toTable(message.headers()))
                .build();
        boolean mandatory = true;
        channel.basicPublish(
                message.exchange(),
                message.routingKey(),
                mandatory,
                properties,
                message.body().getBytes());
    }

    private Future<Void> prepare(BrokerConnection connection) {
        PendingConfirms fresh = new PendingConfirms();
        confirms = fresh;
        blocked = false;
        return connection.execute(channel -> {
            Topology.declare(channel, config.queueMode());
            channel.addReturnListener(returned -> context.runOnContext(v -> fresh.onReturn(
                    returned.getProperties().getMessageId(),
                    new BrokerException("Not published: no queue takes messages of exchange '" + returned.getExchange()
                            + "' with key '" + returned.getRoutingKey() + "'."))));
            channel.addConfirmListener(
                    (number, multiple) -> context.runOnContext(v -> fresh.onAck(number, multiple)),
                    (number, multiple) -> context.runOnContext(v -> fresh.onNack(
                            number, multiple, new BrokerException("Not published: the broker refused it."))));
            channel.getConnection()
                    .addBlockedListener(
                            reason -> context.runOnContext(v -> block(connection)),
                            () -> context.runOnContext(v -> unblock(connection)));
            channel.confirmSelect();
        });
    }

    private void lost(String reason) {
        blocked = false;
        confirms.failAll(new BrokerException("Perhaps not published: " + reason));
    }

    /**
     * The broker is out of memory or disk. It reads nothing from a connection that published, not even its end, so another
     * connection would only be one more that lingers: this one is kept.
     */
    private void block(BrokerConnection connection) {
        if (supervisor.current() == connection) {
            blocked = true;
            supervisor.outageLogger().connectionFailed("the broker takes no messages: it is short of memory or disk.");
            confirms.failAll(new BrokerException("Perhaps not published: the broker is short of memory or disk."));
        }
    }

    private void unblock(BrokerConnection connection) {
        if (supervisor.current() == connection) {
            blocked = false;
            supervisor.outageLogger().connected();
        }
    }
}
