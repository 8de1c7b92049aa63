package dev.sluice.pipeline.request;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.Cancellation;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.job.Requests;
import dev.sluice.pipeline.Deliveries;
import dev.sluice.pipeline.run.Patience;
import dev.sluice.pipeline.run.Settling;
import dev.sluice.pipeline.run.StageTools;
import dev.sluice.routing.Outgoing;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a staged job of each request: its row and the message that starts it are committed together, and only then the request
 * is acknowledged. One that comes twice makes one job, because the job has the request's id.
 */
public record StagedRequests(Requests requests, RefusedRequests refused, StageTools tools) implements Deliveries {
    /** Requests at once; each is a transaction and no more. */
    public static final int CONCURRENCY = 16;

    private static final Logger LOG = LoggerFactory.getLogger(StagedRequests.class);

    @Override
    public Future<Void> seeThrough(Vertx vertx, Delivery delivery, Cancellation cancellation) {
        return refused.unlessUnreadable(vertx, delivery, cancellation, job -> accept(vertx, cancellation, job));
    }

    private Future<Void> accept(Vertx vertx, Cancellation cancellation, StagedJob job) {
        return new Patience(vertx, cancellation)
                .untilTheDatabaseAnswers(
                        Settling.HOLD, () -> requests.accept(job, Outgoing.toStage(StageName.DOWNLOAD, job)))
                .onSuccess(made -> LOG.atInfo()
                        .addKeyValue("jobId", job.id())
                        .log(made ? "request taken, job made" : "request of a job that is known, nothing to do"))
                .mapEmpty();
    }
}
