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
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes one queue over a connection of its own, and goes on doing so over a new one whenever the broker, the connection,
 * the channel or the consumer ends. Everything happens on the context it was made on, its handler included. A handler that
 * throws is a bug: the connection is thrown away, so that the messages come again, ever more slowly.
 */
public final class SupervisedConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(SupervisedConsumer.class);

    private static final long CANCEL_SECONDS = 2;

    private final Context context;
    private final RabbitMqConfig config;
    private final String queue;
    private final int prefetch;
    private final Handler<Delivery> handler;
    private final ConnectionSupervisor supervisor;

    private @Nullable ActiveConsumer consumption;
    private @Nullable Future<Void> paused;

    /**
     * A consumer that does nothing before {@link #start}.
     *
     * @param prefetch how many messages may be out unsettled at once; 1 or more
     */
    public SupervisedConsumer(
            Vertx vertx, RabbitMqConfig config, String queue, int prefetch, Handler<Delivery> handler) {
        if (prefetch < 1) {
            throw new IllegalArgumentException("a prefetch is 1 or more, not " + prefetch);
        }
        this.context = vertx.getOrCreateContext();
        this.config = config;
        this.queue = queue;
        this.prefetch = prefetch;
        this.handler = handler;
        this.supervisor = new ConnectionSupervisor(
                vertx, BrokerEndpoint.of(config), "consumer of " + queue, this::consume, reason -> consumption = null);
    }

    /** Begins; a broker that is down is waited for. */
    public void start() {
        context.runOnContext(v -> supervisor.start());
    }

    /** Completes when the queue is consumed for the first time; fails with {@link BrokerException} if stopped before. */
    public Future<Void> whenConsuming() {
        return supervisor.ready();
    }

    /**
     * Takes no more messages, for good, but keeps the channel so that those under way can be settled. A channel that ends
     * from now on is not replaced.
     */
    public Future<Void> pause() {
        return onContext(this::pauseNow);
    }

    /** Pauses and closes the connection: what is unsettled goes back to the queue. Never fails. */
    public Future<Void> stop() {
        return onContext(() -> pauseNow().transform(paused -> supervisor.stop()));
    }

    private Future<Void> onContext(Supplier<Future<Void>> action) {
        Promise<Void> promise = Promise.promise();
        context.runOnContext(v -> action.get().onComplete(promise));
        return promise.future();
    }

    private Future<Void> pauseNow() {
        Future<Void> already = paused;
        if (already != null) {
            return already;
        }
        supervisor.stopReconnecting();
        ActiveConsumer running = consumption;
        Future<Void> done = running == null ? Future.succeededFuture() : running.cancel();
        paused = done;
        return done;
    }

    private Future<Void> consume(BrokerConnection connection) {
        return connection
                .call(channel -> {
                    Topology.declare(channel, config.queueMode());
                    channel.basicQos(prefetch);
                    return channel.basicConsume(queue, false, new DeliveryForwarder(channel, connection));
                })
                .map(tag -> {
                    consumption = new ActiveConsumer(connection, tag);
                    return null;
                });
    }

    private void take(Delivery delivery, BrokerConnection connection) {
        if (paused != null) {
            delivery.requeue().onFailure(cause -> LOG.atDebug().setCause(cause).log("giving back failed"));
            return;
        }
        try {
            handler.handle(delivery);
        } catch (RuntimeException bug) {
            LOG.atError().setCause(bug).addKeyValue("queue", queue).log("the handler of deliveries failed");
            supervisor.replace(connection, "the handler of deliveries failed.");
        }
    }

    /** A consumer as the broker knows it. */
    private record ActiveConsumer(BrokerConnection connection, String tag) {
        /** Gives up on a broker that does not answer: the end of the connection ends the consumer too. */
        Future<Void> cancel() {
            return connection
                    .execute(channel -> channel.basicCancel(tag))
                    .timeout(CANCEL_SECONDS, TimeUnit.SECONDS)
                    .otherwiseEmpty();
        }
    }

    /** Brings what the broker sends from the client's threads to ours. */
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
                    v -> supervisor.replace(connection, "the broker cancelled the consumer; is the queue gone?"));
        }
    }
}
