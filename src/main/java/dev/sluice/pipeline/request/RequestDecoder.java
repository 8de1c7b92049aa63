package dev.sluice.pipeline.request;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.StageName;
import dev.sluice.job.StepScheme;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.SingleStageRequest;
import dev.sluice.message.StagedJob;
import dev.sluice.message.json.InvalidMessageException;
import dev.sluice.persistence.job.RequestRepository;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.pipeline.run.DatabaseRetry;
import dev.sluice.pipeline.run.DeliverySettlement;
import dev.sluice.pipeline.run.RunServices;
import dev.sluice.routing.StageMessages;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests that cannot be read: out of the way, with the reason, and answered where it is known whose they are. */
public record RequestDecoder(RequestRepository requests, RunServices services) {
    private static final Logger LOG = LoggerFactory.getLogger(RequestDecoder.class);
    /** Below all numbers that workers give, should the request be mended and sent again. */
    private static final long BEFORE_ALL = 0;

    /** Does this with the job of a request, if one can be made of it, and settles the delivery. Never fails. */
    Future<Void> decodeAndRun(
            Vertx vertx, Delivery delivery, CancellationToken cancellation, Function<StagedJob, Future<Void>> work) {
        Future<Void> followed = Future.succeededFuture(delivery)
                .map(come -> MessageCodec.decodeRequest(come.body()).toStagedJob())
                .compose(work)
                .recover(cause -> cause instanceof InvalidMessageException invalid
                        ? setAside(vertx, delivery, cancellation, invalid)
                        : Future.failedFuture(cause));
        return new DeliverySettlement(vertx, services, delivery, cancellation).settleAfter(followed);
    }

    private Future<Void> setAside(
            Vertx vertx, Delivery delivery, CancellationToken cancellation, InvalidMessageException invalid) {
        Optional<SingleStageRequest.Subject> subject = MessageCodec.peekRequestSubject(delivery.body());
        OutboxMessage letter = StageMessages.unreadable(
                delivery, Optional.empty(), subject.map(SingleStageRequest.Subject::job), invalid);
        return new DatabaseRetry(vertx, cancellation)
                .retryWhileUnavailable(
                        DeliverySettlement.HOLD,
                        () -> requests.reject(letter, subject.map(whose -> failed(whose, invalid))))
                .onSuccess(told -> LOG.atWarn()
                        .addKeyValue("queue", delivery.queue())
                        .addKeyValue(
                                "jobId",
                                subject.map(whose -> whose.job().value()).orElse(""))
                        .addKeyValue("bytes", delivery.body().length())
                        .addKeyValue("answered", told)
                        .addKeyValue("error", invalid.getMessage())
                        .log("request cannot be read, moved to the dead letters"))
                .mapEmpty();
    }

    private JobUpdate failed(SingleStageRequest.Subject whose, InvalidMessageException invalid) {
        return new JobUpdate(
                whose.job(),
                whose.mediaId(),
                JobUpdate.Status.FAILED,
                0,
                StepScheme.SINGLE_STAGE.failedStep(StageName.DOWNLOAD),
                List.of(),
                Optional.empty(),
                Optional.of(
                        new JobUpdate.ErrorDetails(ErrorCode.INVALID_MESSAGE, String.valueOf(invalid.getMessage()))),
                List.of(),
                Instant.now(),
                BEFORE_ALL,
                StageName.DOWNLOAD,
                1,
                Optional.empty(),
                services.worker());
    }
}
