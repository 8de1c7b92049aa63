package dev.sluice.pipeline.request;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.Cancellation;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;
import dev.sluice.pipeline.Deliveries;
import dev.sluice.pipeline.run.Route;
import dev.sluice.pipeline.run.RunFlow;
import dev.sluice.pipeline.run.StageTools;
import dev.sluice.routing.Outgoing;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;

/**
 * Works each request whole under its one delivery: the stages one after the other, each claimed and committed as ever, and one
 * acknowledgement at the end. A request that comes again goes on where it was. What cannot go on here, because it has to be
 * tried again later or is encoded in tasks, goes on by the stages' own messages, and the request is acknowledged.
 */
public record SingleStageRequests(List<Route> way, RefusedRequests refused, StageTools tools) implements Deliveries {
    private static final List<StageName> STAGES = List.of(StageName.DOWNLOAD, StageName.PROCESSING, StageName.UPLOAD);

    public SingleStageRequests {
        way = List.copyOf(way);
    }

    /** The stages of the pipeline that a request goes through, in their order. */
    public static List<Route> wholeOf(List<Route> routes) {
        return routes.stream().filter(route -> STAGES.contains(route.name())).toList();
    }

    @Override
    public Future<Void> seeThrough(Vertx vertx, Delivery delivery, Cancellation cancellation) {
        return refused.unlessUnreadable(vertx, delivery, cancellation, job -> work(vertx, delivery, cancellation, job));
    }

    private Future<Void> work(Vertx vertx, Delivery delivery, Cancellation cancellation, StagedJob job) {
        Future<RunFlow.Standing> last = Future.succeededFuture(RunFlow.Standing.DONE);
        for (Route route : way) {
            last = last.compose(before -> before == RunFlow.Standing.LEFT
                    ? Future.succeededFuture(before)
                    : stage(vertx, route, delivery, cancellation, job));
        }
        return last.mapEmpty();
    }

    private Future<RunFlow.Standing> stage(
            Vertx vertx, Route route, Delivery delivery, Cancellation cancellation, StagedJob job) {
        RunFlow flow = new RunFlow(
                vertx,
                route,
                RunFlow.Onward.HERE,
                tools,
                delivery,
                cancellation,
                known -> Outgoing.toStage(route.name(), known));
        return cancellation
                .reason()
                .<Future<RunFlow.Standing>>map(Future::failedFuture)
                .orElseGet(() -> flow.see(RunId.whole(job.id(), route.name()), job));
    }
}
