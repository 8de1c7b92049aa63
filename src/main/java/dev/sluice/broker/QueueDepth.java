package dev.sluice.broker;

import dev.sluice.config.RabbitMqConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How many messages wait in queues. */
public final class QueueDepth {
    private final Vertx vertx;
    private final RabbitMqConfig config;

    public QueueDepth(Vertx vertx, RabbitMqConfig config) {
        this.vertx = vertx;
        this.config = config;
    }

    /**
     * Messages in each of these queues that no consumer has, over a connection that is closed afterwards: this is asked
     * seldom. Fails with {@link BrokerFailure}, also when a queue does not exist.
     */
    public Future<Map<String, Long>> of(List<String> queues) {
        Endpoint endpoint = Endpoint.of(config);
        Link link = new Link(vertx, endpoint, "queue depth");
        return link.open()
                .compose(open -> link.call(channel -> {
                    Map<String, Long> depths = new HashMap<>();
                    for (String queue : queues) {
                        depths.put(
                                queue, (long) channel.queueDeclarePassive(queue).getMessageCount());
                    }
                    return Map.copyOf(depths);
                }))
                .timeout(endpoint.attemptMillis(), TimeUnit.MILLISECONDS)
                .recover(cause -> Future.failedFuture(Trouble.at(endpoint, cause)))
                .eventually(link::close);
    }
}
