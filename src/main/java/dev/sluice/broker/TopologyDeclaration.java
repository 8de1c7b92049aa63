package dev.sluice.broker;

import dev.sluice.broker.connection.BrokerConnection;
import dev.sluice.broker.connection.BrokerEndpoint;
import dev.sluice.broker.connection.BrokerErrorMapper;
import dev.sluice.broker.connection.BrokerException;
import dev.sluice.config.RabbitMqConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/** Declares the exchanges and queues over a connection of its own. */
public final class TopologyDeclaration {
    private TopologyDeclaration() {}

    /**
     * Declares exchanges and queues, as far as the broker permits it. Fails with a {@link BrokerException} if the broker is
     * unavailable.
     */
    public static Future<Void> declarePermitted(Vertx vertx, RabbitMqConfig config) {
        BrokerEndpoint endpoint = BrokerEndpoint.of(config);
        BrokerConnection connection =
                new BrokerConnection(vertx, endpoint, "declaration", BrokerConnection.Use.PUBLISH);
        return connection
                .open()
                .compose(open -> connection
                        .execute(channel -> Topology.declare(channel, config))
                        .recover(cause -> isRefusal(cause) ? Future.succeededFuture() : Future.failedFuture(cause)))
                .timeout(endpoint.connectTimeoutMillis(), TimeUnit.MILLISECONDS)
                .recover(cause -> Future.failedFuture(BrokerErrorMapper.translate(endpoint, cause)))
                .eventually(connection::close);
    }

    /** Returns whether the broker permanently refuses the client. */
    public static boolean isRefusal(Throwable cause) {
        return cause instanceof BrokerException refusal && refusal.isPermanent();
    }
}
