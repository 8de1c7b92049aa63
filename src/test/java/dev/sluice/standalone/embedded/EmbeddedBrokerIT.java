package dev.sluice.standalone.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddedBrokerIT {
    @TempDir
    private Path directory;

    @Test
    void keepsQueuesAndMessagesAcrossRestart() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory);
                Connection connection = connect(broker)) {
            Channel channel = connection.createChannel();
            channel.queueDeclare("q", true, false, false, null);
            channel.confirmSelect();
            channel.basicPublish("", "q", MessageProperties.PERSISTENT_BASIC, "kept".getBytes(StandardCharsets.UTF_8));
            channel.waitForConfirmsOrDie(5_000);
        }

        try (EmbeddedBroker broker = EmbeddedBroker.start(directory);
                Connection connection = connect(broker)) {
            GetResponse message = connection.createChannel().basicGet("q", true);

            assertThat(new String(message.getBody(), StandardCharsets.UTF_8)).isEqualTo("kept");
        }
    }

    @Test
    void storesNoPassword() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory)) {
            try (var files = Files.walk(directory)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String content = Files.readString(file, StandardCharsets.ISO_8859_1);

                    assertThat(content).doesNotContain(broker.password().reveal());
                }
            }
        }
    }

    @Test
    void rejectsDirectoryInUse() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory)) {
            assertThatThrownBy(() -> EmbeddedBroker.start(directory)).hasMessageContaining(directory.toString());

            assertThat(broker.port()).isPositive();
        }
    }

    private static Connection connect(EmbeddedBroker broker) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(broker.port());
        factory.setUsername(broker.user());
        factory.setPassword(broker.password().reveal());
        return factory.newConnection();
    }
}
