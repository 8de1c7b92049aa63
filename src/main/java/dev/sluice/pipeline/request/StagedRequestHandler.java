package dev.sluice.pipeline.request;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.tracing.TraceParent;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.job.RequestRepository;
import dev.sluice.pipeline.DeliveryHandler;
import dev.sluice.pipeline.run.DatabaseRetry;
import dev.sluice.pipeline.run.RunServices;
import dev.sluice.routing.StageMessages;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates a staged job for each request: its row and its first message are committed together, then the request is
 * acknowledged. A duplicate request creates no second job, because the job has the id of the request.
 */
public record StagedRequestHandler(RequestRepository requests, RequestDecoder decoder, RunServices services)
        implements DeliveryHandler {
    /** Requests handled concurrently; each is one transaction. */
    public static final int CONCURRENCY = 16;

    private static final Logger LOG = LoggerFactory.getLogger(StagedRequestHandler.class);

    @Override
    public Future<Void> handle(Delivery delivery, CancellationToken cancellation) {
        return decoder.decodeAndRun(delivery, cancellation, job -> accept(cancellation, traced(job, delivery)));
    }

    private static StagedJob traced(StagedJob job, Delivery delivery) {
        return TraceParent.parse(delivery.headers().getValue(TraceParent.NAME))
                .map(job::withTraceParent)
                .orElse(job);
    }

    private Future<Void> accept(CancellationToken cancellation, StagedJob job) {
        return services.databaseRetry()
                .whileUnavailable(
                        DatabaseRetry.MAX_HOLD,
                        cancellation,
                        () -> requests.accept(job, StageMessages.toStage(StageName.DOWNLOAD, job)))
                .onSuccess(created -> LOG.atInfo()
                        .addKeyValue("jobId", job.id())
                        .log(created ? "request accepted: job created" : "duplicate request ignored: job exists"))
                .mapEmpty();
    }
}
