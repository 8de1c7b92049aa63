package dev.sluice.config;

import dev.sluice.common.tls.CaFile;
import dev.sluice.config.reader.ConfigSection;
import dev.sluice.config.reader.ServiceUri;
import dev.sluice.config.value.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The broker.
 *
 * @param uri {@code amqp://host:port/vhost} (or {@code amqps}), without credentials
 * @param caFile the authorities of the broker's certificate; empty: those of this JVM
 * @param heartbeat how often the connection proves to be alive, in whole seconds; 0 asks for none
 * @param connectTimeout how long one attempt to connect may take
 * @param confirmTimeout how long a publish may wait for its confirm before the connection is thrown away
 * @param queues how the queues of the contract are declared
 */
public record RabbitMqConfig(
        String uri,
        String user,
        Secret password,
        Optional<CaFile> caFile,
        Duration heartbeat,
        Duration connectTimeout,
        Duration confirmTimeout,
        QueueMode queueMode) {

    /** How the queues that the other half of the system also declares are declared by us. */
    public enum QueueMode {
        /** Durable, with no arguments at all: as the other half asserts them. */
        CLASSIC,
        /** As quorum queues: only for owners of both halves. */
        QUORUM,
        /** Only looked for, never made. */
        PASSIVE
    }

    static RabbitMqConfig read(ConfigSection section) {
        ServiceUri uri = ServiceUri.read(section, "amqp://localhost:5672/", List.of("amqp", "amqps"));
        Optional<CaFile> caFile = section.caFile();
        if (caFile.isPresent()
                && section.areValid("uri")
                && !uri.withoutCredentials().startsWith("amqps:")) {
            section.addError("caFile", "is for TLS: the uri has to begin with amqps://");
        }
        return new RabbitMqConfig(
                uri.withoutCredentials(),
                uri.user(section, "guest"),
                uri.password(section, "guest"),
                caFile,
                Duration.ofSeconds(section.integer("heartbeatSeconds", 10, 0, 600)),
                section.duration("connectTimeoutSeconds", 10, 1, 120),
                section.duration("confirmTimeoutSeconds", 10, 1, 120),
                section.enumValue("queues", QueueMode.CLASSIC));
    }
}
