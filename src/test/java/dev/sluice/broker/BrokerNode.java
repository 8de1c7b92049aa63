package dev.sluice.broker;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.config.RabbitMqConfig.QueueMode;
import dev.sluice.config.value.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** A broker in a process of its own, which a test may treat badly. */
public interface BrokerNode extends AutoCloseable {
    int port();

    String user();

    Secret password();

    /** Ends the process as {@code kill -9} does, and waits for its end. */
    void kill();

    /** Starts it again on the same port and data, and waits until it takes connections. */
    void restart();

    @Override
    void close();

    /** What one of our clients needs, with short time limits. */
    default RabbitMqConfig config() {
        return config(QueueMode.CLASSIC);
    }

    default RabbitMqConfig config(QueueMode queues) {
        return new RabbitMqConfig(
                "amqp://127.0.0.1:" + port(),
                user(),
                password(),
                Optional.empty(),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofSeconds(3),
                queues);
    }

    /** Whether it lets clients in. */
    default boolean takesConnections() {
        try (Connection stranger = stranger()) {
            return stranger.isOpen();
        } catch (IOException | TimeoutException notYet) {
            return false;
        }
    }

    /** A connection that has nothing to do with our code, as the other half of the system would have. */
    default Connection stranger() throws IOException, TimeoutException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port());
        factory.setUsername(user());
        factory.setPassword(password().reveal());
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection("stranger");
    }
}
