package dev.sluice.broker;

import com.rabbitmq.client.AMQP;
import dev.sluice.broker.connection.BrokerConnection;
import dev.sluice.broker.connection.BrokerEndpoint;
import dev.sluice.broker.connection.BrokerErrorMapper;
import dev.sluice.broker.connection.BrokerException;
import dev.sluice.config.RabbitMqConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** How many messages wait in queues. */
public final class QueueInspector {
    private final Vertx vertx;
    private final RabbitMqConfig config;

    public QueueInspector(Vertx vertx, RabbitMqConfig config) {
        this.vertx = vertx;
        this.config = config;
    }

    /**
     * What a queue holds.
     *
     * @param messages that no consumer has
     */
    public record QueueInfo(long messages, int consumers) {}

    /**
     * Messages in each of these queues that no consumer has, over a connection that is closed afterwards: this is asked
     * seldom. Fails with {@link BrokerException}, also when a queue does not exist.
     */
    public Future<Map<String, Long>> messageCounts(List<String> queues) {
        return inspect(queues)
                .map(found -> found.entrySet().stream()
                        .collect(Collectors.toUnmodifiableMap(
                                Map.Entry::getKey, queue -> queue.getValue().messages())));
    }

    /** The same, with their consumers. */
    public Future<Map<String, QueueInfo>> inspect(List<String> queues) {
        BrokerEndpoint endpoint = BrokerEndpoint.of(config);
        BrokerConnection connection = new BrokerConnection(vertx, endpoint, "queue depth");
        return connection
                .open()
                .compose(open -> connection.call(channel -> {
                    Map<String, QueueInfo> found = new HashMap<>();
                    for (String queue : queues) {
                        AMQP.Queue.DeclareOk told = channel.queueDeclarePassive(queue);
                        found.put(queue, new QueueInfo(told.getMessageCount(), told.getConsumerCount()));
                    }
                    return Map.copyOf(found);
                }))
                .timeout(endpoint.connectTimeoutMillis(), TimeUnit.MILLISECONDS)
                .recover(cause -> Future.failedFuture(BrokerErrorMapper.translate(endpoint, cause)))
                .eventually(connection::close);
    }
}
