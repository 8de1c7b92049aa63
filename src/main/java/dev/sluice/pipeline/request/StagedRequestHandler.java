package dev.sluice.pipeline.request;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.job.RequestRepository;
import dev.sluice.pipeline.DeliveryHandler;
import dev.sluice.pipeline.run.DatabaseRetry;
import dev.sluice.pipeline.run.DeliverySettlement;
import dev.sluice.pipeline.run.RunServices;
import dev.sluice.routing.StageMessages;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a staged job of each request: its row and the message that starts it are committed together, and only then the request
 * is acknowledged. One that comes twice makes one job, because the job has the request's id.
 */
public record StagedRequestHandler(RequestRepository requests, RequestDecoder decoder, RunServices services)
        implements DeliveryHandler {
    /** Requests at once; each is a transaction and no more. */
    public static final int CONCURRENCY = 16;

    private static final Logger LOG = LoggerFactory.getLogger(StagedRequestHandler.class);

    @Override
    public Future<Void> handle(Vertx vertx, Delivery delivery, CancellationToken cancellation) {
        return decoder.decodeAndRun(vertx, delivery, cancellation, job -> accept(vertx, cancellation, job));
    }

    private Future<Void> accept(Vertx vertx, CancellationToken cancellation, StagedJob job) {
        return new DatabaseRetry(vertx, cancellation)
                .retryWhileUnavailable(
                        DeliverySettlement.HOLD,
                        () -> requests.accept(job, StageMessages.toStage(StageName.DOWNLOAD, job)))
                .onSuccess(made -> LOG.atInfo()
                        .addKeyValue("jobId", job.id())
                        .log(made ? "request taken, job made" : "request of a job that is known, nothing to do"))
                .mapEmpty();
    }
}
