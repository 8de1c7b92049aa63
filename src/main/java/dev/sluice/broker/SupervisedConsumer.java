package dev.sluice.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import dev.sluice.broker.connection.BrokerConnection;
import dev.sluice.broker.connection.BrokerEndpoint;
import dev.sluice.broker.connection.BrokerException;
import dev.sluice.broker.connection.ConnectionSupervisor;
import dev.sluice.config.RabbitMqConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes one queue over its own connection, and continues over a new one when the broker, the connection, the channel
 * or the consumer ends. Everything, including the handler, runs on the context of its creator. A handler that throws is
 * a bug: the connection is closed, so that its messages are redelivered with increasing delay.
 */
public final class SupervisedConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(SupervisedConsumer.class);

    private static final long CANCEL_SECONDS = 2;

    private final Context context;
    private final RabbitMqConfig config;
    private final String queue;
    private final Handler<Delivery> handler;
    private final ConnectionSupervisor supervisor;

    private @Nullable ActiveConsumer consumption;
    private @Nullable Future<Void> ended;
    private int prefetch;
    private boolean paused;
    private Future<Void> switching = Future.succeededFuture();

    /**
     * Creates a consumer that does nothing before {@link #start}.
     *
     * @param queue of the contract
     * @param prefetch maximum number of unsettled messages at first; 1 or more
     */
    public SupervisedConsumer(
            Vertx vertx, RabbitMqConfig config, String queue, int prefetch, Handler<Delivery> handler) {
        if (prefetch < 1) {
            throw new IllegalArgumentException("prefetch must be at least 1, not " + prefetch);
        }
        this.context = vertx.getOrCreateContext();
        this.config = config;
        this.queue = queue;
        this.prefetch = prefetch;
        this.handler = handler;
        this.supervisor = new ConnectionSupervisor(
                vertx,
                BrokerEndpoint.of(config),
                "consumer of " + config.named(queue),
                BrokerConnection.Use.CONSUME,
                this::consume,
                reason -> consumption = null);
    }

    /** Starts consuming; retries until the broker is available. */
    public void start() {
        context.runOnContext(v -> supervisor.start());
    }

    /**
     * Stops receiving messages until {@link #resume}, also over later connections. The channel stays open so that messages
     * in progress can be settled. Never fails.
     */
    public Future<Void> pause() {
        return onContext(() -> {
            paused = true;
            return adjust();
        });
    }

    /**
     * Receives messages again, in addition to those in progress. Never fails.
     *
     * @param newPrefetch maximum number of unsettled messages from now on; 1 or more
     */
    public Future<Void> resume(int newPrefetch) {
        return onContext(() -> {
            paused = false;
            prefetch = newPrefetch;
            return adjust();
        });
    }

    /**
     * Completes when consuming starts for the first time; fails with {@link BrokerException} if stopped before, or if the
     * broker permanently refuses it.
     */
    public Future<Void> whenConsuming() {
        return supervisor.ready();
    }

    /**
     * Permanently stops receiving messages, but keeps the channel open so that messages in progress can be settled. A
     * channel that closes after this call is not replaced.
     */
    public Future<Void> stopConsuming() {
        return onContext(this::end);
    }

    /** Stops consuming and closes the connection; the broker requeues unsettled messages. Never fails. */
    public Future<Void> stop() {
        return onContext(() -> end().transform(stopped -> supervisor.stop()));
    }

    private Future<Void> onContext(Supplier<Future<Void>> action) {
        Promise<Void> promise = Promise.promise();
        context.runOnContext(v -> action.get().onComplete(promise));
        return promise.future();
    }

    private Future<Void> end() {
        Future<Void> already = ended;
        if (already != null) {
            return already;
        }
        supervisor.stopReconnecting();
        ActiveConsumer running = consumption;
        Future<Void> done = running == null ? Future.succeededFuture() : running.cancel();
        ended = done;
        return done;
    }

    /** Applies {@code paused} and {@code prefetch} to the current connection, one change after the other. */
    private Future<Void> adjust() {
        switching = switching.compose(before -> {
            ActiveConsumer current = consumption;
            if (current == null || ended != null || isApplied(current)) {
                return Future.succeededFuture();
            }
            consumption = new ActiveConsumer(current.connection(), Optional.empty(), prefetch);
            // A failed call closes the connection; the next one consumes.
            return current.cancel()
                    .compose(cancelled -> paused
                            ? Future.succeededFuture()
                            : consume(current.connection()).otherwiseEmpty());
        });
        return switching;
    }

    private boolean isApplied(ActiveConsumer current) {
        return paused ? current.tag().isEmpty() : current.tag().isPresent() && current.prefetch() == prefetch;
    }

    private Future<Void> consume(BrokerConnection connection) {
        boolean consumes = !paused;
        int limit = prefetch;
        return connection
                .call(channel -> {
                    Topology.declare(channel, config);
                    channel.basicQos(limit);
                    return consumes
                            ? Optional.of(channel.basicConsume(
                                    config.named(queue), false, new DeliveryForwarder(channel, connection)))
                            : Optional.<String>empty();
                })
                .map(tag -> {
                    ActiveConsumer started = new ActiveConsumer(connection, tag, limit);
                    consumption = started;
                    if (!isApplied(started)) {
                        context.runOnContext(v -> adjust().onFailure(cause -> LOG.atDebug()
                                .addKeyValue("error", String.valueOf(cause.getMessage()))
                                .log("consumer not switched")));
                    }
                    return null;
                });
    }

    private void take(Delivery delivery, BrokerConnection connection) {
        if (paused || ended != null) {
            delivery.requeue().onFailure(cause -> LOG.atDebug().setCause(cause).log("requeue failed"));
            return;
        }
        try {
            handler.handle(delivery);
        } catch (RuntimeException bug) {
            LOG.atError().setCause(bug).addKeyValue("queue", queue).log("delivery handler failed");
            supervisor.replace(connection, "the delivery handler failed.");
        }
    }

    /**
     * The established connection.
     *
     * @param tag of the consumer registered at the broker; empty: paused
     */
    private record ActiveConsumer(BrokerConnection connection, Optional<String> tag, int prefetch) {
        /** Cancels the consumer and waits at most 2 s for the broker: closing the connection ends the consumer too. */
        Future<Void> cancel() {
            return tag.isEmpty()
                    ? Future.succeededFuture()
                    : connection
                            .execute(channel -> channel.basicCancel(tag.get()))
                            .timeout(CANCEL_SECONDS, TimeUnit.SECONDS)
                            .otherwiseEmpty();
        }
    }

    /** Passes deliveries from the threads of the AMQP client to the context of the consumer. */
    private final class DeliveryForwarder extends DefaultConsumer {
        private final BrokerConnection connection;

        DeliveryForwarder(Channel channel, BrokerConnection connection) {
            super(channel);
            this.connection = connection;
        }

        @Override
        public void handleDelivery(
                String consumerTag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
            Delivery delivery = new Delivery(connection, queue, envelope, properties, body);
            context.runOnContext(v -> take(delivery, connection));
        }

        @Override
        public void handleCancel(String consumerTag) {
            context.runOnContext(
                    v -> supervisor.replace(connection, "the broker cancelled the consumer; queue deleted?"));
        }
    }
}
