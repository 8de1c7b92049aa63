package dev.sluice.broker;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import dev.sluice.broker.connection.BrokerConnection;
import dev.sluice.broker.connection.BrokerEndpoint;
import dev.sluice.broker.connection.BrokerErrorMapper;
import dev.sluice.broker.connection.BrokerException;
import dev.sluice.config.RabbitMqConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Browses the dead-letter queue once, over its own connection. Fetched dead letters stay unacknowledged: {@link
 * #close}, or the loss of the connection, requeues all that were not acknowledged. A concurrent browser receives only
 * those that this one has not fetched.
 */
public final class DeadLetterBrowser {
    private static final long TIMEOUT_SECONDS = 60;

    private final BrokerConnection connection;
    private final String queue;
    private volatile int fetched;
    private volatile boolean more;

    private DeadLetterBrowser(BrokerConnection connection, String queue) {
        this.connection = connection;
        this.queue = queue;
    }

    /** Connects and declares the queue if it is missing; fails with a {@link BrokerException}. */
    public static Future<DeadLetterBrowser> open(Vertx vertx, RabbitMqConfig config) {
        BrokerEndpoint endpoint = BrokerEndpoint.of(config);
        BrokerConnection connection =
                new BrokerConnection(vertx, endpoint, "dead letters", BrokerConnection.Use.CONSUME);
        return connection
                .open()
                .compose(open -> connection.execute(
                        channel -> Topology.declareInternalQueue(channel, Topology.DEAD_LETTER_QUEUE, config)))
                .timeout(endpoint.connectTimeoutMillis(), TimeUnit.MILLISECONDS)
                .map(declared -> new DeadLetterBrowser(connection, config.named(Topology.DEAD_LETTER_QUEUE)))
                .recover(cause -> connection
                        .close()
                        .transform(closed -> Future.failedFuture(BrokerErrorMapper.translate(endpoint, cause))));
    }

    /**
     * Fetches dead letters from the front of the queue, one after the other, and keeps them unacknowledged. Only what {@code
     * reader} keeps of them stays in memory.
     *
     * @param max maximum number of dead letters to fetch
     * @param maxBytes limit of the total body size in bytes; no further dead letter is fetched above it
     * @param reader receives each dead letter on a worker thread; returns whether to go on
     */
    public Future<Void> fetch(int max, long maxBytes, Predicate<Delivery> reader) {
        return connection
                .execute(channel -> {
                    long bytes = 0;
                    boolean goOn = true;
                    int count = 0;
                    more = false;
                    for (GetResponse next = get(channel); next != null; next = get(channel)) {
                        // Brokers count remaining messages differently; a fetch beyond the limit is reliable.
                        if (!goOn || count == max || bytes > maxBytes) {
                            more = true;
                            break;
                        }
                        bytes += next.getBody().length;
                        count++;
                        goOn = reader.test(new Delivery(
                                connection,
                                Topology.DEAD_LETTER_QUEUE,
                                next.getEnvelope(),
                                next.getProps(),
                                next.getBody()));
                    }
                    fetched = count;
                })
                .timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    private @Nullable GetResponse get(Channel channel) throws IOException {
        return channel.basicGet(queue, false);
    }

    /** Returns the number of dead letters of the last fetch. */
    public int fetchedCount() {
        return fetched;
    }

    /** Returns whether the queue contains more dead letters than the last fetch returned. */
    public boolean hasMore() {
        return more;
    }

    /** Permanently removes fetched dead letters; fails if the outcome is unknown. */
    public Future<Void> acknowledge(List<Delivery> deliveries) {
        return Future.all(deliveries.stream().map(Delivery::ack).toList())
                .compose(sent -> connection.execute(channel -> channel.queueDeclarePassive(queue)))
                .timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** Requeues all fetched dead letters that were not acknowledged; never fails. */
    public Future<Void> close() {
        return connection
                .execute(DeadLetterBrowser::requeueAll)
                .timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                // Closing the connection requeues them too, but after this method has completed.
                .otherwiseEmpty()
                .compose(put -> connection.close());
    }

    /**
     * Requeues everything and closes the channel: the broker confirms the close after requeueing, but never confirms a
     * nack.
     */
    private static void requeueAll(Channel channel) throws IOException {
        boolean all = true;
        boolean requeue = true;
        channel.basicNack(0, all, requeue);
        try {
            channel.close();
        } catch (TimeoutException late) {
            throw new IOException(late);
        }
    }
}
