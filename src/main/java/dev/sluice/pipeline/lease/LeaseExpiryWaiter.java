package dev.sluice.pipeline.lease;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.CancellableDelay;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.job.RunId;
import dev.sluice.persistence.run.LeaseRepository;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until the lease of the previous worker has expired before a redelivered message is claimed. A redelivered message is
 * usually that of a dead worker, whose slot is free. A deferred message would be queued behind all waiting jobs instead.
 */
public record LeaseExpiryWaiter(Vertx vertx, LeaseRepository leases) {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseExpiryWaiter.class);
    /** Difference between the clocks of host and database that is tolerated. */
    private static final Duration MARGIN = Duration.ofMillis(100);

    /** Waits once for the end of the current lease, if there is one; fails with the reason of a cancellation meanwhile. */
    public Future<Void> await(Delivery delivery, RunId run, CancellationToken cancellation) {
        if (!delivery.redelivered()) {
            return Future.succeededFuture();
        }
        return leases.remaining(run).compose(remaining -> {
            if (remaining.isZero()) {
                return Future.succeededFuture();
            }
            LOG.atInfo()
                    .addKeyValue("jobId", run.job())
                    .addKeyValue("stage", run.stage().key())
                    .addKeyValue("remainingMs", remaining.toMillis())
                    .log("redelivered while leased; waiting for lease expiry");
            return new CancellableDelay(vertx, cancellation)
                    .await(remaining.plus(MARGIN))
                    .compose(expired -> cancellation
                            .reason()
                            .<Future<Void>>map(Future::failedFuture)
                            .orElseGet(Future::succeededFuture));
        });
    }
}
