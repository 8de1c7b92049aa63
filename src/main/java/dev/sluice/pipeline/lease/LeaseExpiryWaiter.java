package dev.sluice.pipeline.lease;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.CancellableDelay;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.job.RunId;
import dev.sluice.persistence.run.RunRepository;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lease of the worker that had a message before. A message that the broker had to deliver again is mostly that of a worker
 * that died: the rest of its lease is waited for here, in a slot that the dead worker does not need any more. Put off, the
 * message would come back at the end of the queue, behind however many jobs wait there.
 */
public record LeaseExpiryWaiter(Vertx vertx, RunRepository runs, CancellationToken cancellation) {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseExpiryWaiter.class);
    /** So that the lease is over by the database's clock too. */
    private static final Duration MARGIN = Duration.ofMillis(100);

    /** Waits for its end, once, if there is one; fails with the reason when the work is cancelled meanwhile. */
    public Future<Void> awaitExpiry(Delivery delivery, RunId run) {
        if (!delivery.redelivered()) {
            return Future.succeededFuture();
        }
        return runs.leaseRemaining(run).compose(left -> {
            if (left.isZero()) {
                return Future.succeededFuture();
            }
            LOG.atInfo()
                    .addKeyValue("jobId", run.job())
                    .addKeyValue("stage", run.stage().key())
                    .addKeyValue("leftMs", left.toMillis())
                    .log("delivered again, waits for the lease of the worker before");
            return pause(left.plus(MARGIN));
        });
    }

    private Future<Void> pause(Duration time) {
        return new CancellableDelay(vertx, cancellation).await(time).compose(ended -> cancellation.failIfCancelled());
    }
}
