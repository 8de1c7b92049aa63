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
 * Hears the updates that are sent from now on, over a connection of its own that nothing replaces. What it does not
 * recognise as its own it leaves to whom it is for.
 */
public final class UpdateSubscription {
    private static final String NAMED_BY_THE_BROKER = "";

    private final BrokerConnection connection;
    private final Promise<Void> whenClosed = Promise.promise();

    /** Where updates are taken from. */
    public enum Source {
        /** A queue of this listener alone, which gets a copy of what goes through the exchange. */
        PRIVATE_QUEUE,
        /** The contract's queue, where whoever else reads there goes without what is taken. */
        SHARED_QUEUE
    }

    private UpdateSubscription(BrokerConnection connection) {
        this.connection = connection;
    }

    /**
     * Connects, makes the queues of the contract where they are missing, and listens; fails with a {@link BrokerException}.
     *
     * @param isMine is told of each update, one after the other and on no thread of ours, and says whether it is for this
     *     listener; what is not goes back to its queue when the listener is closed
     */
    public static Future<UpdateSubscription> open(
            Vertx vertx, RabbitMqConfig config, Source source, Predicate<Buffer> isMine) {
        BrokerEndpoint endpoint = BrokerEndpoint.of(config);
        BrokerConnection connection = new BrokerConnection(vertx, endpoint, "updates listener");
        UpdateSubscription subscription = new UpdateSubscription(connection);
        return connection
                .open()
                .compose(open -> connection.execute(channel -> {
                    Topology.declare(channel, config.queueMode());
                    channel.basicConsume(queue(channel, source), false, new UpdateConsumer(channel, isMine));
                }))
                .timeout(endpoint.connectTimeoutMillis(), TimeUnit.MILLISECONDS)
                .map(listening -> {
                    connection.onClosed(reason -> subscription.whenClosed.tryFail(new BrokerException(reason)));
                    return subscription;
                })
                .recover(cause -> connection
                        .close()
                        .transform(closed -> Future.failedFuture(BrokerErrorMapper.translate(endpoint, cause))));
    }

    private static String queue(Channel channel, Source source) throws IOException {
        if (source == Source.SHARED_QUEUE) {
            return Topology.UPDATES_QUEUE;
        }
        boolean durable = false;
        boolean exclusive = true;
        boolean autoDelete = true;
        String own = channel.queueDeclare(NAMED_BY_THE_BROKER, durable, exclusive, autoDelete, Map.of())
                .getQueue();
        channel.queueBind(own, Topology.UPDATES_EXCHANGE, Topology.UPDATE_KEY);
        return own;
    }

    /** Fails with a {@link BrokerException} when nothing more will be heard; never succeeds. */
    public Future<Void> whenClosed() {
        return whenClosed.future();
    }

    /** Ends the connection; never fails. */
    public Future<Void> close() {
        return connection.close();
    }

    /** Works on the client's thread, one update after the other. */
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
