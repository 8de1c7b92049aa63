package dev.sluice.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.broker.connection.BrokerConnection;
import dev.sluice.broker.connection.BrokerConnection.ChannelAction;
import dev.sluice.broker.connection.BrokerEndpoint;
import dev.sluice.broker.connection.BrokerErrorMapper;
import dev.sluice.broker.connection.BrokerException;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.config.RabbitMqConfig.QueueMode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Checks whether a process can work with its broker, without changing anything there. Blocking, except for {@link #check}. */
public final class BrokerCheck {
    /** Invalid arguments, which RabbitMQ examines after the permissions: it never declares or consumes with them. */
    private static final Map<String, Object> INVALID_QUEUE = Map.of("x-message-ttl", -1);

    private static final Map<String, Object> INVALID_EXCHANGE = Map.of("alternate-exchange", 1);
    private static final Map<String, Object> INVALID_CONSUMER = Map.of("x-priority", "none");

    private final BrokerEndpoint endpoint;
    private final RabbitMqConfig config;
    private final Set<String> consumed;
    private final Connection connection;
    private final List<IOException> rejections = new ArrayList<>();
    /** Of no queue and no binding. */
    private final String unroutable = "sluice-check-" + UUID.randomUUID();

    private BrokerCheck(BrokerEndpoint endpoint, Collection<String> consumed, Connection connection) {
        this.endpoint = endpoint;
        this.config = endpoint.config();
        this.consumed = Set.copyOf(consumed);
        this.connection = connection;
    }

    /**
     * Connects, compares existing exchanges and queues with the expected declarations, and tests the permissions of the
     * user. A missing exchange or queue is accepted if the user may create it, unless the configuration disables creation.
     * On brokers other than RabbitMQ permissions are not tested.
     *
     * @param consumed the queues that the process consumes
     * @return one error message per problem; never fails
     */
    public static Future<List<String>> check(Vertx vertx, RabbitMqConfig config, Collection<String> consumed) {
        BrokerEndpoint endpoint;
        try {
            endpoint = BrokerEndpoint.of(config);
        } catch (IllegalArgumentException bad) {
            return Future.succeededFuture(List.of(String.valueOf(bad.getMessage())));
        }
        BrokerConnection connection = new BrokerConnection(vertx, endpoint, "check", BrokerConnection.Use.PUBLISH);
        return connection
                .open()
                .compose(open -> connection.call(
                        channel -> new BrokerCheck(endpoint, consumed, channel.getConnection()).problems()))
                .timeout(endpoint.connectTimeoutMillis(), TimeUnit.MILLISECONDS)
                .otherwise(cause ->
                        List.of(BrokerErrorMapper.translate(endpoint, cause).message()))
                .eventually(connection::close);
    }

    private List<String> problems() {
        boolean created = config.queueMode() != QueueMode.PASSIVE;
        for (String exchange : Topology.EXCHANGES) {
            checkExchange(exchange, created);
        }
        for (Topology.Binding binding : Topology.BINDINGS) {
            boolean exists = checkQueue(
                    binding.queue(), created, channel -> Topology.declareQueue(channel, binding.queue(), config));
            if (exists && created && checksPermissions()) {
                report(channel -> channel.queueUnbind(
                        config.named(binding.queue()), config.named(binding.exchange()), unroutable));
            }
        }
        for (String queue : Topology.INTERNAL_QUEUES) {
            var unused = checkQueue(queue, true, channel -> Topology.declareInternalQueue(channel, queue, config));
        }
        if (checksPermissions()) {
            report(channel -> publish(channel, Topology.DEFAULT_EXCHANGE));
        }
        return rejections.stream()
                .map(rejection -> BrokerErrorMapper.translate(endpoint, rejection))
                .map(BrokerException::message)
                .distinct()
                .toList();
    }

    private void checkExchange(String exchange, boolean created) {
        if (exists(channel -> channel.exchangeDeclarePassive(config.named(exchange)), created)) {
            report(channel -> Topology.declareExchange(channel, exchange, config));
            if (checksPermissions()) {
                report(channel -> publish(channel, config.named(exchange)));
            }
        } else if (created) {
            reportPermission(channel ->
                    channel.exchangeDeclare(config.named(exchange), "direct", true, false, INVALID_EXCHANGE));
        }
    }

    private boolean checkQueue(String queue, boolean created, ChannelAction declare) {
        String name = config.named(queue);
        boolean exists = exists(channel -> channel.queueDeclarePassive(name), created);
        if (exists) {
            report(declare);
            if (consumed.contains(queue)) {
                reportPermission(
                        channel -> channel.basicConsume(name, false, INVALID_CONSUMER, new DefaultConsumer(channel)));
            }
        } else if (created) {
            reportPermission(channel -> channel.queueDeclare(name, true, false, false, INVALID_QUEUE));
        }
        return exists;
    }

    /** Publishes a message that no queue receives. */
    private void publish(Channel channel, String exchange) throws IOException {
        try {
            channel.confirmSelect();
            channel.basicPublish(exchange, unroutable, new AMQP.BasicProperties(), new byte[0]);
            channel.waitForConfirms(endpoint.connectTimeoutMillis());
        } catch (InterruptedException | TimeoutException | ShutdownSignalException cause) {
            throw new IOException(cause);
        }
    }

    /** Reports every rejection, but a missing exchange or queue only if it would not be created. */
    private boolean exists(ChannelAction probe, boolean created) {
        Optional<IOException> rejection = attempt(probe);
        rejection
                .filter(cause -> !(created && BrokerErrorMapper.isNotFound(cause)))
                .ifPresent(rejections::add);
        return rejection.isEmpty();
    }

    private void report(ChannelAction action) {
        attempt(action).ifPresent(rejections::add);
    }

    /** Reports the rejection of an invalid request, unless it is rejected for being invalid. */
    private void reportPermission(ChannelAction invalid) {
        if (checksPermissions()) {
            attempt(invalid)
                    .filter(rejection -> !BrokerErrorMapper.isPreconditionFailed(rejection))
                    .ifPresent(rejections::add);
        }
    }

    private boolean checksPermissions() {
        return "RabbitMQ".equals(String.valueOf(connection.getServerProperties().get("product")));
    }

    /** Runs each attempt on a separate channel, because a rejection closes the channel. */
    private Optional<IOException> attempt(ChannelAction action) {
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
