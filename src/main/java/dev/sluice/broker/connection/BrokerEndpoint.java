package dev.sluice.broker.connection;

import dev.sluice.config.RabbitMqConfig;
import io.vertx.core.net.TrustOptions;
import io.vertx.rabbitmq.RabbitMQOptions;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Address of the broker and the configuration needed to connect to it. */
public record BrokerEndpoint(String host, int port, boolean tls, String virtualHost, RabbitMqConfig config) {
    private static final int PLAIN_PORT = 5672;
    private static final int TLS_PORT = 5671;

    /**
     * Parses the URI of the configuration.
     *
     * @throws IllegalArgumentException if it is not {@code amqp://host[:port][/vhost]} or {@code amqps://…}
     */
    public static BrokerEndpoint of(RabbitMqConfig config) {
        URI uri = URI.create(config.uri());
        String scheme = uri.getScheme();
        boolean tls = "amqps".equals(scheme);
        if (!tls && !"amqp".equals(scheme)) {
            throw new IllegalArgumentException("the broker URI must start with amqp:// or amqps://");
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException("the broker URI must not contain credentials; they have their own keys");
        }
        String host = uri.getHost();
        if (host == null) {
            throw new IllegalArgumentException("the broker URI must contain a host");
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : tls ? TLS_PORT : PLAIN_PORT;
        return new BrokerEndpoint(host, port, tls, parseVirtualHost(uri.getRawPath()), config);
    }

    private static String parseVirtualHost(@Nullable String path) {
        if (path == null || path.length() < 2) {
            return "/";
        }
        return URLDecoder.decode(path.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /**
     * Builds the options of one connection; {@code name} is shown in the broker's connection list. Automatic recovery
     * and reconnection are disabled.
     */
    RabbitMQOptions clientOptions(String name) {
        RabbitMQOptions options = new RabbitMQOptions();
        options.setHost(host)
                .setPort(port)
                .setVirtualHost(virtualHost)
                .setUser(config.user())
                .setPassword(config.password().reveal())
                .setConnectionName(name)
                .setConnectionTimeout(millis(config.connectTimeout()))
                .setHandshakeTimeout(millis(config.connectTimeout()))
                .setRequestedHeartbeat(Math.toIntExact(config.heartbeat().toSeconds()))
                .setAutomaticRecoveryEnabled(false);
        options.setReconnectAttempts(0);
        if (tls) {
            options.setSsl(true);
            options.setHostnameVerificationAlgorithm("HTTPS");
            options.setTrustOptions(TrustOptions.wrap(new HostnameVerifyingTrustManager(config.caFile())));
        }
        return options;
    }

    /**
     * Returns the total time limit for establishing a connection: the configured timeout applies to each of connecting,
     * login and set-up.
     */
    public long connectTimeoutMillis() {
        return Math.max(1, 3 * config.connectTimeout().toMillis());
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
