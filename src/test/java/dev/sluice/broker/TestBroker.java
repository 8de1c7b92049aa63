package dev.sluice.broker;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.config.RabbitMqConfig.QueueMode;
import dev.sluice.config.value.Secret;
import dev.sluice.standalone.embedded.EmbeddedBroker;
import io.vertx.core.json.JsonObject;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** A broker that tests connect to. */
public interface TestBroker extends Closeable {
    int port();

    String user();

    Secret password();

    /** Configuration of a client, with short time limits. */
    default RabbitMqConfig config() {
        return config(QueueMode.CLASSIC);
    }

    default RabbitMqConfig config(QueueMode queues) {
        return new RabbitMqConfig(
                uri(),
                user(),
                password(),
                Optional.empty(),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofSeconds(3),
                queues,
                "");
    }

    /** Section {@code rabbitmq} of a configuration file. */
    default JsonObject settings() {
        return new JsonObject()
                .put("uri", uri())
                .put("user", user())
                .put("password", password().reveal());
    }

    private String uri() {
        return "amqp://127.0.0.1:" + port();
    }

    default boolean acceptsConnections() {
        try (Connection connection = connect()) {
            return connection.isOpen();
        } catch (IOException | TimeoutException notYet) {
            return false;
        }
    }

    /** Connects with the plain client library, as the backend does. */
    default Connection connect() throws IOException, TimeoutException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port());
        factory.setUsername(user());
        factory.setPassword(password().reveal());
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection("backend");
    }

    /** Deletes Sluice's queues and exchanges with their messages. */
    default void deleteTopology() throws IOException, TimeoutException {
        try (Connection connection = connect()) {
            for (Topology.Binding binding : Topology.BINDINGS) {
                deleteIfPresent(connection, channel -> channel.queueDelete(binding.queue()));
            }
            for (String queue : Topology.INTERNAL_QUEUES) {
                deleteIfPresent(connection, channel -> channel.queueDelete(queue));
            }
            for (String exchange : Topology.EXCHANGES) {
                deleteIfPresent(connection, channel -> channel.exchangeDelete(exchange));
            }
        }
    }

    /** On its own channel: the embedded broker closes the channel if the object does not exist. */
    private static void deleteIfPresent(Connection connection, Deletion deletion) throws IOException {
        Channel channel = connection.createChannel();
        try {
            deletion.run(channel);
        } catch (IOException notFound) {
            return;
        }
        channel.abort();
    }

    /** A request to delete a queue or an exchange. */
    interface Deletion {
        void run(Channel channel) throws IOException;
    }

    /** The embedded broker in this JVM. */
    record InProcess(EmbeddedBroker broker) implements TestBroker {
        @Override
        public int port() {
            return broker.port();
        }

        @Override
        public String user() {
            return broker.user();
        }

        @Override
        public Secret password() {
            return broker.password();
        }

        @Override
        public void close() throws IOException {
            broker.close();
        }
    }
}
