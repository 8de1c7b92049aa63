package dev.sluice.broker.connection;

import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MetricsCollector;
import com.rabbitmq.client.impl.FrameHandlerFactory;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * Opens connections that receive messages, with a bound for the size of a body and the nesting of headers. The Vert.x client,
 * which opens the other connections, has no access to the frames. Blocking.
 */
final class ConsumerConnectionFactory extends ConnectionFactory {
    private static final String TLS = "TLS";

    private final String name;
    private final int maxBodyBytes;

    ConsumerConnectionFactory(BrokerEndpoint endpoint, String name, int maxBodyBytes, MetricsCollector metrics) {
        this.name = name;
        this.maxBodyBytes = maxBodyBytes;
        int timeout = Math.toIntExact(endpoint.config().connectTimeout().toMillis());
        setHost(endpoint.host());
        setPort(endpoint.port());
        setVirtualHost(endpoint.virtualHost());
        setUsername(endpoint.config().user());
        setPassword(endpoint.config().password().reveal());
        setConnectionTimeout(timeout);
        setHandshakeTimeout(timeout);
        setRequestedHeartbeat(Math.toIntExact(endpoint.config().heartbeat().toSeconds()));
        setAutomaticRecoveryEnabled(false);
        setMetricsCollector(metrics);
        if (endpoint.tls()) {
            useSslProtocol(tlsContext(endpoint));
        }
    }

    private static SSLContext tlsContext(BrokerEndpoint endpoint) {
        try {
            SSLContext context = SSLContext.getInstance(TLS);
            TrustManager trust =
                    new HostnameVerifyingTrustManager(endpoint.config().caFile());
            context.init(null, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Opens a connection and its channel; the metrics collector receives both. */
    void openConnectionAndChannel() throws IOException, TimeoutException {
        newConnection(name).createChannel();
    }

    @Override
    protected synchronized FrameHandlerFactory createFrameHandlerFactory() throws IOException {
        FrameHandlerFactory sockets = super.createFrameHandlerFactory();
        return (address, connection) -> new LimitingFrameHandler(sockets.create(address, connection), maxBodyBytes);
    }
}
