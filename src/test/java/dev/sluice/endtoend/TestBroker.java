package dev.sluice.endtoend;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.sluice.broker.BrokerNode;
import dev.sluice.config.value.Secret;
import dev.sluice.standalone.embedded.EmbeddedBroker;
import java.io.IOException;
import java.util.concurrent.TimeoutException;

/** A broker that a whole pipeline runs on: the embedded one or a node of its own. */
record TestBroker(int port, String user, Secret password, AutoCloseable server) implements AutoCloseable {
    static TestBroker of(EmbeddedBroker broker) {
        return new TestBroker(broker.port(), broker.user(), broker.password(), broker);
    }

    static TestBroker of(BrokerNode node) {
        return new TestBroker(node.port(), node.user(), node.password(), node);
    }

    /** A connection of a client that has nothing to do with our code. */
    Connection connect() throws IOException, TimeoutException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port);
        factory.setUsername(user);
        factory.setPassword(password.reveal());
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection("other half");
    }

    @Override
    public void close() throws IOException {
        try {
            server.close();
        } catch (IOException | RuntimeException asItIs) {
            throw asItIs;
        } catch (Exception other) {
            throw new IOException(other);
        }
    }
}
