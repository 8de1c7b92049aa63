package dev.sluice.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import dev.sluice.broker.connection.BrokerFailure;
import dev.sluice.broker.connection.Endpoint;
import dev.sluice.broker.connection.Headers;
import dev.sluice.broker.connection.Link;
import dev.sluice.broker.connection.Supervisor;
import dev.sluice.config.RabbitMqConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Publishes persistent messages over a connection of its own; a message counts as published when the broker has confirmed
 * it and some queue took it. Any other end is a {@link BrokerFailure}, after which the message may or may not be there:
 * send it again. Everything happens on the context it was made on.
 */
public final class ConfirmedPublisher {
    /** More than any caller sends at once; what is beyond it piles up because the broker does not keep up. */
    private static final int MAX_UNCONFIRMED = 1_000;

    private static final int PERSISTENT = 2;

    private final Vertx vertx;
    private final Context context;
    private final RabbitMqConfig config;
    private final Supervisor supervisor;

    private Confirms confirms = new Confirms();
    private boolean blocked;
    private boolean stopping;

    /** A publisher that does nothing before {@link #start}. */
    public ConfirmedPublisher(Vertx vertx, RabbitMqConfig config) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.config = config;
        this.supervisor = new Supervisor(vertx, Endpoint.of(config), "publisher", this::prepare, this::lost);
    }

    /** Begins; a broker that is down is waited for. */
    public void start() {
        context.runOnContext(v -> supervisor.start());
    }

    /** Completes when the broker is connected for the first time; fails with {@link BrokerFailure} if stopped before. */
    public Future<Void> ready() {
        return supervisor.ready();
    }

    /** Whether there is a broker to send to and it takes messages; to be asked on the context this was made on. */
    public boolean isOpen() {
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
        Link link = supervisor.current();
        if (stopping || link == null || blocked || confirms.size() >= MAX_UNCONFIRMED) {
            promise.fail(new BrokerFailure("Not published: " + whyNot(link)));
            return;
        }
        Confirms here = confirms;
        long number = here.expect(message.messageId(), promise);
        long limit = vertx.setTimer(Math.max(1, config.confirmTimeout().toMillis()), late -> {
            if (here.awaits(number)) {
                supervisor.discard(
                        link, "no confirm within " + config.confirmTimeout().toMillis() + " ms.");
            }
        });
        promise.future().onComplete(done -> vertx.cancelTimer(limit));
        link.run(channel -> write(channel, number, message))
                .onFailure(cause -> supervisor.discard(link, String.valueOf(cause.getMessage())));
    }

    private String whyNot(@Nullable Link link) {
        if (stopping) {
            return "the publisher is stopping.";
        }
        if (link == null) {
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
                .headers(Headers.toTable(message.headers()))
                .build();
        boolean mandatory = true;
        channel.basicPublish(
                message.exchange(),
                message.routingKey(),
                mandatory,
                properties,
                message.body().getBytes());
    }

    private Future<Void> prepare(Link link) {
        Confirms fresh = new Confirms();
        confirms = fresh;
        blocked = false;
        return link.run(channel -> {
            Topology.declare(channel, config.queues());
            channel.addReturnListener(returned -> context.runOnContext(v -> fresh.returned(
                    returned.getProperties().getMessageId(),
                    new BrokerFailure("Not published: no queue takes messages of exchange '" + returned.getExchange()
                            + "' with key '" + returned.getRoutingKey() + "'."))));
            channel.addConfirmListener(
                    (number, multiple) -> context.runOnContext(v -> fresh.acked(number, multiple)),
                    (number, multiple) -> context.runOnContext(v -> fresh.nacked(
                            number, multiple, new BrokerFailure("Not published: the broker refused it."))));
            channel.getConnection()
                    .addBlockedListener(
                            reason -> context.runOnContext(v -> block(link)),
                            () -> context.runOnContext(v -> unblock(link)));
            channel.confirmSelect();
        });
    }

    private void lost(String reason) {
        blocked = false;
        confirms.fail(new BrokerFailure("Perhaps not published: " + reason));
    }

    /**
     * The broker is out of memory or disk. It reads nothing from a connection that published, not even its end, so another
     * connection would only be one more that lingers: this one is kept.
     */
    private void block(Link link) {
        if (supervisor.current() == link) {
            blocked = true;
            supervisor.outages().failed("the broker takes no messages: it is short of memory or disk.");
            confirms.fail(new BrokerFailure("Perhaps not published: the broker is short of memory or disk."));
        }
    }

    private void unblock(Link link) {
        if (supervisor.current() == link) {
            blocked = false;
            supervisor.outages().over();
        }
    }
}
