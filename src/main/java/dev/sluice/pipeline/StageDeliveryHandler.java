package dev.sluice.pipeline;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.PayloadExecutor;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.StagedJob;
import dev.sluice.message.json.InvalidMessageException;
import dev.sluice.pipeline.run.DatabaseRetry;
import dev.sluice.pipeline.run.Handoff;
import dev.sluice.pipeline.run.RunContext;
import dev.sluice.pipeline.run.RunExecutor;
import dev.sluice.pipeline.run.RunServices;
import dev.sluice.pipeline.run.StageRoute;
import dev.sluice.routing.DeadLetterMessages;
import io.vertx.core.Future;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Handles deliveries of a stage queue: decodes the message, executes the run and settles the delivery. */
final class StageDeliveryHandler implements DeliveryHandler {
    private static final Logger LOG = LoggerFactory.getLogger(StageDeliveryHandler.class);

    private final StageRoute route;
    private final RunServices services;
    private final RunExecutor executor;

    StageDeliveryHandler(StageRoute route, RunServices services) {
        this.route = route;
        this.services = services;
        this.executor = new RunExecutor(route, Handoff.PUBLISH, services);
    }

    @Override
    public Future<Void> handle(Delivery delivery, CancellationToken cancellation) {
        Future<Void> committed = PayloadExecutor.execute(
                        delivery.body().length(), () -> MessageCodec.decodeStagedJob(delivery.body(), route.name()))
                .compose(job -> executor.execute(new RunContext(runOf(job), job, delivery, cancellation)))
                .<Void>mapEmpty()
                .recover(cause -> cause instanceof InvalidMessageException invalid
                        ? deadLetter(delivery, cancellation, invalid)
                        : Future.failedFuture(cause));
        return services.deliverySettlement().settleAfter(committed, delivery, cancellation);
    }

    private RunId runOf(StagedJob job) {
        return route.name() == StageName.SEGMENT
                ? new RunId(job.id(), route.name(), job.task())
                : RunId.ofStage(job.id(), route.name());
    }

    /** Dead-letters a message that no retry can decode, with the reason. */
    private Future<Void> deadLetter(
            Delivery delivery, CancellationToken cancellation, InvalidMessageException invalid) {
        LOG.atWarn()
                .addKeyValue("queue", route.queue())
                .addKeyValue("bytes", delivery.body().length())
                .addKeyValue("error", invalid.getMessage())
                .log("message undecodable; dead-lettered");
        return services.databaseRetry()
                .whileUnavailable(
                        DatabaseRetry.MAX_HOLD,
                        cancellation,
                        () -> services.runs()
                                .outbox()
                                .enqueue(DeadLetterMessages.undecodable(
                                        delivery, Optional.of(route.name()), Optional.empty(), invalid)));
    }
}
