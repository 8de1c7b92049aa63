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

/** Reads message and consumer counts of queues. */
public final class QueueInspector {
    private final Vertx vertx;
    private final RabbitMqConfig config;

    public QueueInspector(Vertx vertx, RabbitMqConfig config) {
        this.vertx = vertx;
        this.config = config;
    }

    /**
     * Counts of one queue.
     *
     * @param messages messages ready for delivery, not those delivered to a consumer
     */
    public record QueueInfo(long messages, int consumers) {}

    /**
     * Returns the number of messages ready for delivery in each queue, over a connection that is closed afterwards,
     * because calls are rare. Fails with {@link BrokerException}, also if a queue does not exist.
     */
    public Future<Map<String, Long>> messageCounts(List<String> queues) {
        return inspect(queues)
                .map(found -> found.entrySet().stream()
                        .collect(Collectors.toUnmodifiableMap(
                                Map.Entry::getKey, queue -> queue.getValue().messages())));
    }

    /** Returns the message and consumer counts of each queue of the contract; otherwise as {@link #messageCounts}. */
    public Future<Map<String, QueueInfo>> inspect(List<String> queues) {
        BrokerEndpoint endpoint = BrokerEndpoint.of(config);
        BrokerConnection connection =
                new BrokerConnection(vertx, endpoint, "queue depth", BrokerConnection.Use.PUBLISH);
        return connection
                .open()
                .compose(open -> connection.call(channel -> {
                    Map<String, QueueInfo> found = new HashMap<>();
                    for (String queue : queues) {
                        AMQP.Queue.DeclareOk declared = channel.queueDeclarePassive(config.named(queue));
                        found.put(queue, new QueueInfo(declared.getMessageCount(), declared.getConsumerCount()));
                    }
                    return Map.copyOf(found);
                }))
                .timeout(endpoint.connectTimeoutMillis(), TimeUnit.MILLISECONDS)
                .recover(cause -> Future.failedFuture(BrokerErrorMapper.translate(endpoint, cause)))
                .eventually(connection::close);
    }
}
