package dev.sluice.pipeline;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.Cancellation;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.Codec;
import dev.sluice.message.StagedJob;
import dev.sluice.message.json.InvalidMessage;
import dev.sluice.pipeline.run.Patience;
import dev.sluice.pipeline.run.Route;
import dev.sluice.pipeline.run.RunFlow;
import dev.sluice.pipeline.run.Settling;
import dev.sluice.pipeline.run.StageTools;
import dev.sluice.routing.Outgoing;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deliveries of one stage's queue: each is read, its run is seen through, and it is acknowledged. */
record DeliveryFlow(Route route, StageTools tools) implements Deliveries {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryFlow.class);

    @Override
    public Future<Void> seeThrough(Vertx vertx, Delivery delivery, Cancellation cancellation) {
        RunFlow flow = new RunFlow(
                vertx,
                route,
                RunFlow.Onward.SENT,
                tools,
                delivery,
                cancellation,
                known -> Outgoing.again(delivery, route));
        Future<Void> followed = Future.succeededFuture(delivery)
                .map(come -> Codec.stagedJob(come.body(), route.name()))
                .compose(job -> flow.see(runOf(job), job))
                .<Void>mapEmpty()
                .recover(cause -> cause instanceof InvalidMessage invalid
                        ? setAside(delivery, new Patience(vertx, cancellation), invalid)
                        : Future.failedFuture(cause));
        return new Settling(vertx, tools, delivery, cancellation).after(followed);
    }

    private RunId runOf(StagedJob job) {
        return route.name() == StageName.SEGMENT
                ? new RunId(job.id(), route.name(), job.task())
                : RunId.whole(job.id(), route.name());
    }

    /** A message that no retry will make readable: out of the way, to where a person finds it with the reason. */
    private Future<Void> setAside(Delivery delivery, Patience patience, InvalidMessage invalid) {
        LOG.atWarn()
                .addKeyValue("queue", route.queue())
                .addKeyValue("bytes", delivery.body().length())
                .addKeyValue("error", invalid.getMessage())
                .log("message cannot be read, moved to the dead letters");
        return patience.untilTheDatabaseAnswers(
                Settling.HOLD,
                () -> tools.outbox()
                        .put(Outgoing.unreadable(delivery, Optional.of(route.name()), Optional.empty(), invalid)));
    }
}
