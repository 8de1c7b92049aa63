package dev.sluice.broker;

import com.rabbitmq.client.GetResponse;
import dev.sluice.config.RabbitMqConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One look through the dead letters' queue, over a connection of its own. What it has taken is still the broker's: all that
 * was not acknowledged is put back where it was by {@link #close}, or by the end of the connection. Another one who looks at
 * the same time sees what this one has not taken.
 */
public final class DeadQueueBrowser {
    private static final long LOOK_SECONDS = 60;

    private final Link link;
    private long left;

    private DeadQueueBrowser(Link link) {
        this.link = link;
    }

    /** Connects, and makes the queue where it is missing; fails with a {@link BrokerFailure}. */
    public static Future<DeadQueueBrowser> open(Vertx vertx, RabbitMqConfig config) {
        Endpoint endpoint = Endpoint.of(config);
        Link link = new Link(vertx, endpoint, "dead letters");
        return link.open()
                .compose(open -> link.run(channel -> Topology.declareDeadQueue(channel, config.queues())))
                .timeout(endpoint.attemptMillis(), TimeUnit.MILLISECONDS)
                .map(declared -> new DeadQueueBrowser(link))
                .recover(cause -> link.close().transform(closed -> Future.failedFuture(Trouble.at(endpoint, cause))));
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
                    while (taken.size() < most && bytes <= mostBytes) {
                        GetResponse next = channel.basicGet(Topology.DEAD_QUEUE, false);
                        if (next == null) {
                            left = 0;
                            return taken;
                        }
                        left = next.getMessageCount();
                        bytes += next.getBody().length;
                        taken.add(delivery(next));
                    }
                    return taken;
                })
                .timeout(LOOK_SECONDS, TimeUnit.SECONDS);
    }

    private Delivery delivery(GetResponse got) {
        return new Delivery(
                link,
                got.getEnvelope().getDeliveryTag(),
                Topology.DEAD_QUEUE,
                Buffer.buffer(got.getBody()),
                Headers.toJson(got.getProps().getHeaders()),
                got.getProps().getMessageId(),
                got.getEnvelope().isRedeliver());
    }

    /** How many letters are behind those that were taken. */
    public long left() {
        return left;
    }

    /** Takes letters that were taken out of the queue for good; fails if nobody can know whether that was done. */
    public Future<Void> remove(List<Delivery> letters) {
        return Future.all(letters.stream().map(Delivery::ack).toList()).compose(sent -> settled());
    }

    /** Puts all back that was taken and not removed; never fails. */
    public Future<Void> close() {
        boolean all = true;
        boolean requeue = true;
        return link.run(channel -> channel.basicNack(0, all, requeue))
                .compose(sent -> settled())
                // The end of the connection puts it back as well, only later than this returns.
                .otherwiseEmpty()
                .compose(put -> link.close());
    }

    /** The broker answers this after it has dealt with all that was sent before. */
    private Future<Void> settled() {
        return link.run(channel -> channel.queueDeclarePassive(Topology.DEAD_QUEUE))
                .timeout(LOOK_SECONDS, TimeUnit.SECONDS);
    }
}
