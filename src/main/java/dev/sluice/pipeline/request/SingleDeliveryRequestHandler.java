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
public record SingleDeliveryRequestHandler(List<StageRoute> way, RequestDecoder refused, RunServices tools)
        implements DeliveryHandler {
    private static final List<StageName> STAGES = List.of(StageName.DOWNLOAD, StageName.PROCESSING, StageName.UPLOAD);

    public SingleDeliveryRequestHandler {
        way = List.copyOf(way);
    }

    /** The stages of the pipeline that a request goes through, in their order. */
    public static List<StageRoute> wholeOf(List<StageRoute> routes) {
        return routes.stream().filter(route -> STAGES.contains(route.name())).toList();
    }

    @Override
    public Future<Void> seeThrough(Vertx vertx, Delivery delivery, CancellationToken cancellation) {
        return refused.unlessUnreadable(vertx, delivery, cancellation, job -> work(vertx, delivery, cancellation, job));
    }

    private Future<Void> work(Vertx vertx, Delivery delivery, CancellationToken cancellation, StagedJob job) {
        Future<RunExecutor.Standing> last = Future.succeededFuture(RunExecutor.Standing.DONE);
        for (StageRoute route : way) {
            last = last.compose(before -> before == RunExecutor.Standing.LEFT
                    ? Future.succeededFuture(before)
                    : stage(vertx, route, delivery, cancellation, job));
        }
        return last.mapEmpty();
    }

    private Future<RunExecutor.Standing> stage(
            Vertx vertx, StageRoute route, Delivery delivery, CancellationToken cancellation, StagedJob job) {
        RunExecutor flow = new RunExecutor(
                vertx,
                route,
                RunExecutor.Onward.HERE,
                tools,
                delivery,
                cancellation,
                known -> StageMessages.toStage(route.name(), known));
        return cancellation
                .reason()
                .<Future<RunExecutor.Standing>>map(Future::failedFuture)
                .orElseGet(() -> flow.see(RunId.whole(job.id(), route.name()), job));
    }
}
