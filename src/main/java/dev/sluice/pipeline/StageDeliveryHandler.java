package dev.sluice.pipeline;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.StagedJob;
import dev.sluice.message.json.InvalidMessageException;
import dev.sluice.pipeline.run.DatabaseRetry;
import dev.sluice.pipeline.run.DeliverySettlement;
import dev.sluice.pipeline.run.RunExecutor;
import dev.sluice.pipeline.run.RunServices;
import dev.sluice.pipeline.run.StageRoute;
import dev.sluice.routing.StageMessages;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deliveries of one stage's queue: each is read, its run is seen through, and it is acknowledged. */
record StageDeliveryHandler(StageRoute route, RunServices services) implements DeliveryHandler {
    private static final Logger LOG = LoggerFactory.getLogger(StageDeliveryHandler.class);

    @Override
    public Future<Void> handle(Vertx vertx, Delivery delivery, CancellationToken cancellation) {
        RunExecutor executor = new RunExecutor(
                vertx,
                route,
                RunExecutor.Handoff.PUBLISH,
                services,
                delivery,
                cancellation,
                known -> StageMessages.redeliver(delivery, route));
        Future<Void> followed = Future.succeededFuture(delivery)
                .map(come -> MessageCodec.decodeStagedJob(come.body(), route.name()))
                .compose(job -> executor.execute(runOf(job), job))
                .<Void>mapEmpty()
                .recover(cause -> cause instanceof InvalidMessageException invalid
                        ? deadLetter(delivery, new DatabaseRetry(vertx, cancellation), invalid)
                        : Future.failedFuture(cause));
        return new DeliverySettlement(vertx, services, delivery, cancellation).settleAfter(followed);
    }

    private RunId runOf(StagedJob job) {
        return route.name() == StageName.SEGMENT
                ? new RunId(job.id(), route.name(), job.task())
                : RunId.ofStage(job.id(), route.name());
    }

    /** A message that no retry will make readable: out of the way, to where a person finds it with the reason. */
    private Future<Void> deadLetter(Delivery delivery, DatabaseRetry databaseRetry, InvalidMessageException invalid) {
        LOG.atWarn()
                .addKeyValue("queue", route.queue())
                .addKeyValue("bytes", delivery.body().length())
                .addKeyValue("error", invalid.getMessage())
                .log("message cannot be read, moved to the dead letters");
        return databaseRetry.retryWhileUnavailable(
                DeliverySettlement.HOLD,
                () -> services.outbox()
                        .enqueue(StageMessages.unreadable(
                                delivery, Optional.of(route.name()), Optional.empty(), invalid)));
    }
}
