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

/** Checks whether a configuration works with its broker, without changing anything there. */
public final class BrokerCheck {
    private BrokerCheck() {}

    /**
     * Connects and compares existing exchanges and queues with the expected declarations. A missing one is accepted,
     * because it would be created, unless the configuration disables creation.
     *
     * <p>Fails with a {@link BrokerException} that lists all errors.
     */
    public static Future<Void> check(Vertx vertx, RabbitMqConfig config) {
        BrokerEndpoint endpoint;
        try {
            endpoint = BrokerEndpoint.of(config);
        } catch (IllegalArgumentException bad) {
            return Future.failedFuture(new BrokerException(String.valueOf(bad.getMessage()), bad));
        }
        BrokerConnection connection = new BrokerConnection(vertx, endpoint, "check", BrokerConnection.Use.PUBLISH);
        return connection
                .open()
                .compose(open -> connection.call(channel -> problems(endpoint, channel.getConnection())))
                .timeout(endpoint.connectTimeoutMillis(), TimeUnit.MILLISECONDS)
                .recover(cause -> Future.failedFuture(BrokerErrorMapper.translate(endpoint, cause)))
                .eventually(connection::close)
                .compose(errors -> errors.isEmpty()
                        ? Future.succeededFuture()
                        : Future.failedFuture(new BrokerException(String.join(" ", errors))));
    }

    private static List<String> problems(BrokerEndpoint endpoint, Connection connection) {
        QueueMode mode = endpoint.config().queueMode();
        boolean created = mode != QueueMode.PASSIVE;
        Stream<Resource> exchanges = Topology.EXCHANGES.stream()
                .map(name -> new Resource(
                        channel -> channel.exchangeDeclarePassive(name),
                        channel -> Topology.declareExchange(channel, name, mode),
                        created));
        Stream<Resource> queues = Topology.BINDINGS.stream()
                .map(binding -> new Resource(
                        channel -> channel.queueDeclarePassive(binding.queue()),
                        channel -> Topology.declareQueue(channel, binding.queue(), mode),
                        created));
        Stream<Resource> own = Topology.INTERNAL_QUEUES.stream()
                .map(queue -> new Resource(
                        channel -> channel.queueDeclarePassive(queue),
                        channel -> Topology.declareInternalQueue(channel, queue, mode),
                        true));
        return Stream.of(exchanges, queues, own)
                .flatMap(resources -> resources)
                .flatMap(resource -> resource.rejection(connection).stream())
                .map(rejection ->
                        BrokerErrorMapper.translate(endpoint, rejection).message())
                .toList();
    }

    /**
     * A queue or an exchange.
     *
     * @param probe checks whether it exists
     * @param declare compares it with the expected declaration
     * @param created whether it would be created if missing
     */
    private record Resource(
            BrokerConnection.ChannelAction probe, BrokerConnection.ChannelAction declare, boolean created) {
        Optional<IOException> rejection(Connection connection) {
            Optional<IOException> missing = tryCheck(connection, probe);
            if (missing.isEmpty()) {
                return tryCheck(connection, declare);
            }
            return missing.filter(rejection -> !(created && BrokerErrorMapper.isNotFound(rejection)));
        }

        /** Runs each check on a separate channel, because a rejection closes the channel. */
        private static Optional<IOException> tryCheck(Connection connection, BrokerConnection.ChannelAction action) {
            try (Channel channel = connection.createChannel()) {
                action.on(channel);
                return Optional.empty();
            } catch (IOException rejected) {
                return Optional.of(rejected);
            } catch (TimeoutException late) {
                return Optional.of(new IOException(late));
            }
        }
    }
}
