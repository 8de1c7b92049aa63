package dev.sluice.broker;

import dev.sluice.broker.connection.BrokerException;
import dev.sluice.config.RabbitMqConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** A check that fails with all problems. */
final class CheckedBroker {
    private CheckedBroker() {}

    static Future<Void> check(Vertx vertx, RabbitMqConfig config) {
        return BrokerCheck.check(vertx, config, Topology.INPUT_QUEUES)
                .compose(problems -> problems.isEmpty()
                        ? Future.succeededFuture()
                        : Future.failedFuture(new BrokerException(String.join(" ", problems))));
    }
}
