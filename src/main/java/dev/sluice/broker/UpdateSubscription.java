package dev.sluice.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import dev.sluice.broker.connection.BrokerConnection;
import dev.sluice.broker.connection.BrokerEndpoint;
import dev.sluice.broker.connection.BrokerErrorMapper;
import dev.sluice.broker.connection.BrokerException;
import dev.sluice.config.RabbitMqConfig;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Receives updates sent from now on, over its own connection, which is never replaced. Updates that it does not
 * recognise as its own are not acknowledged.
 */
public final class UpdateSubscription {
    private static final String SERVER_NAMED = "";

    private final BrokerConnection connection;
    private final Promise<Void> whenClosed = Promise.promise();

    /** The queue that updates are received from. */
    public enum Source {
        /** A private queue that receives a copy of every message sent through the exchange. */
        PRIVATE_QUEUE,
        /** The queue of the contract; updates received here are not delivered to its other consumers. */
        SHARED_QUEUE
    }

    private UpdateSubscription(BrokerConnection connection) {
        this.connection = connection;
    }

    /**
     * Connects, declares missing queues of the contract, and subscribes. Fails with a {@link BrokerException}.
     *
     * @param isMine called for each update in sequence, on a thread of the AMQP client; returns whether the update is
     *     for this subscription. Other updates are requeued when the subscription is closed
     */
    public static Future<UpdateSubscription> open(
            Vertx vertx, RabbitMqConfig config, Source source, Predicate<Buffer> isMine) {
        return open(vertx, config, source, isMine, true);
    }

    /** As above; {@code declaring} decides whether missing queues of the contract are declared. */
    public static Future<UpdateSubscription> open(
            Vertx vertx, RabbitMqConfig config, Source source, Predicate<Buffer> isMine, boolean declaring) {
        BrokerEndpoint endpoint = BrokerEndpoint.of(config);
        BrokerConnection connection =
                new BrokerConnection(vertx, endpoint, "updates listener", BrokerConnection.Use.CONSUME);
        UpdateSubscription subscription = new UpdateSubscription(connection);
        return connection
                .open()
                .compose(open -> connection.execute(channel -> {
                    if (declaring) {
                        Topology.declare(channel, config);
                    }
                    channel.basicConsume(queue(channel, config, source), false, new UpdateConsumer(channel, isMine));
                }))
                .timeout(endpoint.connectTimeoutMillis(), TimeUnit.MILLISECONDS)
                .map(subscribed -> {
                    connection.onClosed(reason -> subscription.whenClosed.tryFail(new BrokerException(reason)));
                    return subscription;
                })
                .recover(cause -> connection
                        .close()
                        .transform(closed -> Future.failedFuture(BrokerErrorMapper.translate(endpoint, cause))));
    }

    private static String queue(Channel channel, RabbitMqConfig config, Source source) throws IOException {
        if (source == Source.SHARED_QUEUE) {
            return config.named(Topology.UPDATES_QUEUE);
        }
        boolean durable = false;
        boolean exclusive = true;
        boolean autoDelete = true;
        String own = channel.queueDeclare(SERVER_NAMED, durable, exclusive, autoDelete, Map.of())
                .getQueue();
        channel.queueBind(own, config.named(Topology.UPDATES_EXCHANGE), Topology.UPDATE_KEY);
        return own;
    }

    /** Returns a future that fails with a {@link BrokerException} when the subscription ends; it never succeeds. */
    public Future<Void> whenClosed() {
        return whenClosed.future();
    }

    /** Closes the connection; never fails. */
    public Future<Void> close() {
        return connection.close();
    }

    /** Handles updates in sequence on the thread of the AMQP client. */
    private static final class UpdateConsumer extends DefaultConsumer {
        private final Predicate<Buffer> isMine;

        UpdateConsumer(Channel channel, Predicate<Buffer> isMine) {
            super(channel);
            this.isMine = isMine;
        }

        @Override
        public void handleDelivery(String consumerTag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                throws IOException {
            if (isMine.test(Buffer.buffer(body))) {
                getChannel().basicAck(envelope.getDeliveryTag(), false);
            }
        }
    }
}
