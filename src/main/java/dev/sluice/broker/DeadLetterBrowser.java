package dev.sluice.broker;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import dev.sluice.broker.connection.BrokerConnection;
import dev.sluice.broker.connection.BrokerEndpoint;
import dev.sluice.broker.connection.BrokerErrorMapper;
import dev.sluice.broker.connection.BrokerException;
import dev.sluice.broker.connection.HeaderConverter;
import dev.sluice.config.RabbitMqConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
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
    private static final long LOOK_SECONDS = 60;

    private final BrokerConnection link;
    private volatile boolean more;

    private DeadLetterBrowser(BrokerConnection link) {
        this.link = link;
    }

    /** Connects, and makes the queue where it is missing; fails with a {@link BrokerException}. */
    public static Future<DeadLetterBrowser> open(Vertx vertx, RabbitMqConfig config) {
        BrokerEndpoint endpoint = BrokerEndpoint.of(config);
        BrokerConnection link = new BrokerConnection(vertx, endpoint, "dead letters");
        return link.open()
                .compose(open ->
                        link.run(channel -> Topology.declareOwnQueue(channel, Topology.DEAD_QUEUE, config.queues())))
                .timeout(endpoint.attemptMillis(), TimeUnit.MILLISECONDS)
                .map(declared -> new DeadLetterBrowser(link))
                .recover(cause ->
                        link.close().transform(closed -> Future.failedFuture(BrokerErrorMapper.at(endpoint, cause))));
    }

    /**
     * Takes letters from the front of the queue and holds them.
     *
     * @param most how many at most
     * @param mostBytes of bodies, after which no further one is taken
     */
    public Future<List<Delivery>> take(int most, long mostBytes) {
        return link.call(channel -> {
                    List<Delivery> taken = new ArrayList<>();
                    long bytes = 0;
                    more = false;
                    for (GetResponse next = get(channel); next != null; next = get(channel)) {
                        // Brokers count differently what is left: the one that goes too far says it.
                        if (taken.size() == most || bytes > mostBytes) {
                            more = true;
                            break;
                        }
                        bytes += next.getBody().length;
                        taken.add(delivery(next));
                    }
                    return taken;
                })
                .timeout(LOOK_SECONDS, TimeUnit.SECONDS);
    }

    private static @Nullable GetResponse get(Channel channel) throws IOException {
        return channel.basicGet(Topology.DEAD_QUEUE, false);
    }

    private Delivery delivery(GetResponse got) {
        return new Delivery(
                link,
                got.getEnvelope().getDeliveryTag(),
                Topology.DEAD_QUEUE,
                Buffer.buffer(got.getBody()),
                HeaderConverter.toJson(got.getProps().getHeaders()),
                got.getProps().getMessageId(),
                got.getEnvelope().isRedeliver());
    }

    /** Whether there are letters behind those that were taken. */
    public boolean hasMore() {
        return more;
    }

    /** Takes letters that were taken out of the queue for good; fails if nobody can know whether that was done. */
    public Future<Void> remove(List<Delivery> letters) {
        return Future.all(letters.stream().map(Delivery::ack).toList())
                .compose(sent -> link.run(channel -> channel.queueDeclarePassive(Topology.DEAD_QUEUE)))
                .timeout(LOOK_SECONDS, TimeUnit.SECONDS);
    }

    /** Puts all back that was taken and not removed; never fails. */
    public Future<Void> close() {
        return link.run(DeadLetterBrowser::putBack)
                .timeout(LOOK_SECONDS, TimeUnit.SECONDS)
                // The end of the connection puts it back as well, only later than this returns.
                .otherwiseEmpty()
                .compose(put -> link.close());
    }

    /** The answer to the end of a channel comes after its queues have taken back what was out; that to a nack never. */
    private static void putBack(Channel channel) throws IOException {
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
