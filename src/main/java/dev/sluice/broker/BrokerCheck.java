package dev.sluice.broker;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.broker.connection.BrokerConnection;
import dev.sluice.broker.connection.BrokerEndpoint;
import dev.sluice.broker.connection.BrokerErrorMapper;
import dev.sluice.broker.connection.BrokerException;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.config.RabbitMqConfig.QueueMode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Tells whether a configuration would work with its broker, and changes nothing there. */
public final class BrokerCheck {
    private BrokerCheck() {}

    /**
     * Connects and compares what exists with what we would declare. What is missing is fine, as it would be made, unless
     * the configuration says to make nothing.
     *
     * <p>Fails with a {@link BrokerException} that names all there is to complain of.
     */
    public static Future<Void> check(Vertx vertx, RabbitMqConfig config) {
        BrokerEndpoint endpoint;
        try {
            endpoint = BrokerEndpoint.of(config);
        } catch (IllegalArgumentException bad) {
            return Future.failedFuture(new BrokerException(String.valueOf(bad.getMessage()), bad));
        }
        BrokerConnection link = new BrokerConnection(vertx, endpoint, "check");
        return link.open()
                .compose(open -> link.call(channel -> problems(endpoint, channel.getConnection())))
                .timeout(endpoint.connectTimeoutMillis(), TimeUnit.MILLISECONDS)
                .recover(cause -> Future.failedFuture(BrokerErrorMapper.translate(endpoint, cause)))
                .eventually(link::close)
                .compose(errors -> errors.isEmpty()
                        ? Future.succeededFuture()
                        : Future.failedFuture(new BrokerException(String.join(" ", errors))));
    }

    private static List<String> problems(BrokerEndpoint endpoint, Connection connection) {
        QueueMode mode = endpoint.config().queueMode();
        boolean made = mode != QueueMode.PASSIVE;
        Stream<Resource> exchanges = Topology.EXCHANGES.stream()
                .map(name -> new Resource(
                        channel -> channel.exchangeDeclarePassive(name),
                        channel -> Topology.declareExchange(channel, name, mode),
                        made));
        Stream<Resource> queues = Topology.BINDINGS.stream()
                .map(binding -> new Resource(
                        channel -> channel.queueDeclarePassive(binding.queue()),
                        channel -> Topology.declareQueue(channel, binding.queue(), mode),
                        made));
        Stream<Resource> own = Topology.INTERNAL_QUEUES.stream()
                .map(queue -> new Resource(
                        channel -> channel.queueDeclarePassive(queue),
                        channel -> Topology.declareInternalQueue(channel, queue, mode),
                        true));
        return Stream.of(exchanges, queues, own)
                .flatMap(resources -> resources)
                .flatMap(resource -> resource.refusal(connection).stream())
                .map(refusal -> BrokerErrorMapper.translate(endpoint, refusal).message())
                .toList();
    }

    /**
     * A queue or an exchange.
     *
     * @param look asks whether it exists
     * @param declare compares it with ours
     * @param made whether it would be made if it did not exist
     */
    private record Resource(BrokerConnection.ChannelAction look, BrokerConnection.ChannelAction declare, boolean made) {
        Optional<IOException> refusal(Connection connection) {
            Optional<IOException> missing = answer(connection, look);
            if (missing.isEmpty()) {
                return answer(connection, declare);
            }
            return missing.filter(refusal -> !(made && BrokerErrorMapper.isNotFound(refusal)));
        }

        /** Each question on a channel of its own, because a refusal closes the channel. */
        private static Optional<IOException> answer(Connection connection, BrokerConnection.ChannelAction question) {
            try (Channel channel = connection.createChannel()) {
                question.on(channel);
                return Optional.empty();
            } catch (IOException refused) {
                return Optional.of(refused);
            } catch (TimeoutException late) {
                return Optional.of(new IOException(late));
            }
        }
    }
}
