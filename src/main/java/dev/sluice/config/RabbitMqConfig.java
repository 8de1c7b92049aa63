package dev.sluice.config;

import dev.sluice.common.tls.CaFile;
import dev.sluice.config.reader.ConfigSection;
import dev.sluice.config.reader.ServiceUri;
import dev.sluice.config.value.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The connection to the broker.
 *
 * @param uri {@code amqp://host:port/vhost} (or {@code amqps}), without credentials
 * @param caFile authorities trusted for the broker's certificate; empty: trust store of the JVM
 * @param heartbeat heartbeat interval in whole seconds; 0: none
 * @param connectTimeout timeout of one connection attempt
 * @param prefix of the names of all exchanges and queues; empty: the names of the contract
 * @param confirmTimeout a publish without a confirm within this time closes the connection
 */
public record RabbitMqConfig(
        String uri,
        String user,
        Secret password,
        Optional<CaFile> caFile,
        Duration heartbeat,
        Duration connectTimeout,
        Duration confirmTimeout,
        QueueMode queueMode,
        String prefix) {
    private static final Pattern PREFIX = Pattern.compile("(?!amq\\.)[A-Za-z0-9._-]{0,64}");

    /** How the queues that producer and backend also declare are declared. */
    public enum QueueMode {
        /** Durable, without arguments: compatible with the existing backend. */
        CLASSIC,
        /** As quorum queues: only if one operator controls producer and consumer. */
        QUORUM,
        /** Existing queues are used and not declared. */
        PASSIVE
    }

    /**
     * The name of an exchange or queue on this broker.
     *
     * @param name of the contract; the default exchange keeps its empty name
     */
    public String named(String name) {
        return name.isEmpty() ? name : prefix + name;
    }

    private static String prefix(ConfigSection section) {
        String prefix = section.string("prefix", "");
        if (!PREFIX.matcher(prefix).matches()) {
            section.addError(
                    "prefix", "must have at most 64 letters, digits, '.', '_' or '-', and not begin with 'amq.'");
        }
        return prefix;
    }

    static RabbitMqConfig read(ConfigSection section) {
        ServiceUri uri = ServiceUri.read(section, "amqp://localhost:5672/", List.of("amqp", "amqps"));
        Optional<CaFile> caFile = section.caFile();
        if (caFile.isPresent()
                && section.areValid("uri")
                && !uri.withoutCredentials().startsWith("amqps:")) {
            section.addError("caFile", "requires TLS: the uri must begin with amqps://");
        }
        return new RabbitMqConfig(
                uri.withoutCredentials(),
                uri.user(section, "guest"),
                uri.password(section, "guest"),
                caFile,
                Duration.ofSeconds(section.integer("heartbeatSeconds", 10, 0, 600)),
                section.duration("connectTimeoutSeconds", 10, 1, 120),
                section.duration("confirmTimeoutSeconds", 10, 1, 120),
                section.enumValue("queueMode", QueueMode.CLASSIC),
                prefix(section));
    }
}
