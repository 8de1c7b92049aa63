package dev.sluice.pipeline.request;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;
import dev.sluice.pipeline.DeliveryHandler;
import dev.sluice.pipeline.run.Handoff;
import dev.sluice.pipeline.run.RunContext;
import dev.sluice.pipeline.run.RunExecutor;
import dev.sluice.pipeline.run.RunOutcome;
import dev.sluice.pipeline.run.RunServices;
import dev.sluice.pipeline.run.StageRoute;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Executes all stages of a request under its one delivery: each stage is claimed and committed as usual, and the delivery is acknowledged
 * at the end. A redelivered request continues where it was. What is retried later or encoded in tasks continues by the messages
 * of the stages, and the request is acknowledged.
 */
public final class SingleDeliveryRequestHandler implements DeliveryHandler {
    private static final Set<StageName> STAGES = Set.of(StageName.DOWNLOAD, StageName.PROCESSING, StageName.UPLOAD);

    private final RequestDecoder decoder;
    private final Map<StageName, RunExecutor> executors = new LinkedHashMap<>();

    /** @param routes of the pipeline, in their order */
    public SingleDeliveryRequestHandler(List<StageRoute> routes, RequestDecoder decoder, RunServices services) {
        this.decoder = decoder;
        routes.stream()
                .filter(route -> STAGES.contains(route.name()))
                .forEach(route -> executors.put(route.name(), new RunExecutor(route, Handoff.INLINE, services)));
    }

    @Override
    public Future<Void> handle(Delivery delivery, CancellationToken cancellation) {
        return decoder.decodeAndRun(delivery, cancellation, job -> execute(delivery, cancellation, job));
    }

    private Future<Void> execute(Delivery delivery, CancellationToken cancellation, StagedJob job) {
        Future<RunOutcome> last = Future.succeededFuture(RunOutcome.COMPLETED);
        for (Map.Entry<StageName, RunExecutor> stage : executors.entrySet()) {
            RunContext context = new RunContext(RunId.ofStage(job.id(), stage.getKey()), job, delivery, cancellation);
            last = last.compose(previous -> previous == RunOutcome.NOT_COMPLETED
                    ? Future.succeededFuture(previous)
                    : cancellation
                            .reason()
                            .<Future<RunOutcome>>map(Future::failedFuture)
                            .orElseGet(() -> stage.getValue().execute(context)));
        }
        return last.mapEmpty();
    }
}
