package dev.sluice.pipeline.request;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;
import dev.sluice.pipeline.DeliveryHandler;
import dev.sluice.pipeline.run.RunExecutor;
import dev.sluice.pipeline.run.RunServices;
import dev.sluice.pipeline.run.StageRoute;
import dev.sluice.routing.StageMessages;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;

/**
 * Works each request whole under its one delivery: the stages one after the other, each claimed and committed as ever, and one
 * acknowledgement at the end. A request that comes again goes on where it was. What cannot go on here, because it has to be
 * tried again later or is encoded in tasks, goes on by the stages' own messages, and the request is acknowledged.
 */
public record SingleDeliveryRequestHandler(List<StageRoute> routes, RequestDecoder decoder, RunServices services)
        implements DeliveryHandler {
    private static final List<StageName> STAGES = List.of(StageName.DOWNLOAD, StageName.PROCESSING, StageName.UPLOAD);

    public SingleDeliveryRequestHandler {
        routes = List.copyOf(routes);
    }

    /** The stages of the pipeline that a request goes through, in their order. */
    public static List<StageRoute> routesOfWholeJob(List<StageRoute> routes) {
        return routes.stream().filter(route -> STAGES.contains(route.name())).toList();
    }

    @Override
    public Future<Void> handle(Vertx vertx, Delivery delivery, CancellationToken cancellation) {
        return decoder.decodeAndRun(vertx, delivery, cancellation, job -> work(vertx, delivery, cancellation, job));
    }

    private Future<Void> work(Vertx vertx, Delivery delivery, CancellationToken cancellation, StagedJob job) {
        Future<RunExecutor.RunOutcome> last = Future.succeededFuture(RunExecutor.RunOutcome.COMPLETED);
        for (StageRoute route : routes) {
            last = last.compose(before -> before == RunExecutor.RunOutcome.NOT_COMPLETED
                    ? Future.succeededFuture(before)
                    : stage(vertx, route, delivery, cancellation, job));
        }
        return last.mapEmpty();
    }

    private Future<RunExecutor.RunOutcome> stage(
            Vertx vertx, StageRoute route, Delivery delivery, CancellationToken cancellation, StagedJob job) {
        RunExecutor executor = new RunExecutor(
                vertx,
                route,
                RunExecutor.Handoff.INLINE,
                services,
                delivery,
                cancellation,
                known -> StageMessages.toStage(route.name(), known));
        return cancellation
                .reason()
                .<Future<RunExecutor.RunOutcome>>map(Future::failedFuture)
                .orElseGet(() -> executor.execute(RunId.ofStage(job.id(), route.name()), job));
    }
}
