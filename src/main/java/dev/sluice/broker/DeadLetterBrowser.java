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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One look through the dead letters' queue, over a connection of its own. What it has taken is still the broker's: all that
 * was not acknowledged is put back where it was by {@link #close}, or by the end of the connection. Another one who looks at
 * the same time sees what this one has not taken.
 */
public final class DeadLetterBrowser {
    private static final long TIMEOUT_SECONDS = 60;

    private final BrokerConnection connection;
    private volatile boolean more;

    private DeadLetterBrowser(BrokerConnection connection) {
        this.connection = connection;
    }

    /** Connects, and makes the queue where it is missing; fails with a {@link BrokerException}. */
    public static Future<DeadLetterBrowser> open(Vertx vertx, RabbitMqConfig config) {
        BrokerEndpoint endpoint = BrokerEndpoint.of(config);
        BrokerConnection connection = new BrokerConnection(vertx, endpoint, "dead letters");
        return connection
                .open()
                .compose(open -> connection.execute(channel ->
                        Topology.declareInternalQueue(channel, Topology.DEAD_LETTER_QUEUE, config.queueMode())))
                .timeout(endpoint.connectTimeoutMillis(), TimeUnit.MILLISECONDS)
                .map(declared -> new DeadLetterBrowser(connection))
                .recover(cause -> connection
                        .close()
                        .transform(closed -> Future.failedFuture(BrokerErrorMapper.translate(endpoint, cause))));
    }

    /**
     * Takes letters from the front of the queue and holds them.
     *
     * @param max most dead letters to fetch
     * @param maxBytes of bodies; no further dead letter is fetched above that
     */
    public Future<List<Delivery>> fetch(int max, long maxBytes) {
        return connection
                .call(channel -> {
                    List<Delivery> taken = new ArrayList<>();
                    long bytes = 0;
                    more = false;
                    for (GetResponse next = get(channel); next != null; next = get(channel)) {
                        // Brokers count differently what is left: the one that goes too far says it.
                        if (taken.size() == max || bytes > maxBytes) {
                            more = true;
                            break;
                        }
                        bytes += next.getBody().length;
                        taken.add(new Delivery(
                                connection,
                                Topology.DEAD_LETTER_QUEUE,
                                next.getEnvelope(),
                                next.getProps(),
                                next.getBody()));
                    }
                    return taken;
                })
                .timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    private static @Nullable GetResponse get(Channel channel) throws IOException {
        return channel.basicGet(Topology.DEAD_LETTER_QUEUE, false);
    }

    /** Whether there are letters behind those that were taken. */
    public boolean hasMore() {
        return more;
    }

    /** Takes letters that were taken out of the queue for good; fails if nobody can know whether that was done. */
    public Future<Void> acknowledge(List<Delivery> letters) {
        return Future.all(letters.stream().map(Delivery::ack).toList())
                .compose(sent -> connection.execute(channel -> channel.queueDeclarePassive(Topology.DEAD_LETTER_QUEUE)))
                .timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** Puts all back that was taken and not removed; never fails. */
    public Future<Void> close() {
        return connection
                .execute(DeadLetterBrowser::requeueAll)
                .timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                // The end of the connection puts it back as well, only later than this returns.
                .otherwiseEmpty()
                .compose(put -> connection.close());
    }

    /** The answer to the end of a channel comes after its queues have taken back what was out; that to a nack never. */
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
