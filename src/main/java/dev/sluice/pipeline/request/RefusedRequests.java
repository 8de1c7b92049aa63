package dev.sluice.pipeline.request;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.Cancellation;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.StageName;
import dev.sluice.job.StepNames;
import dev.sluice.message.Codec;
import dev.sluice.message.ProcessingRequest;
import dev.sluice.message.StagedJob;
import dev.sluice.message.Update;
import dev.sluice.message.json.InvalidMessage;
import dev.sluice.persistence.job.Requests;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.pipeline.run.Patience;
import dev.sluice.pipeline.run.Settling;
import dev.sluice.pipeline.run.StageTools;
import dev.sluice.routing.Outgoing;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests that cannot be read: out of the way, with the reason, and answered where it is known whose they are. */
public record RefusedRequests(Requests requests, StageTools tools) {
    private static final Logger LOG = LoggerFactory.getLogger(RefusedRequests.class);
    /** Below all numbers that workers give, should the request be mended and sent again. */
    private static final long BEFORE_ALL = 0;

    /** Does this with the job of a request, if one can be made of it, and settles the delivery. Never fails. */
    Future<Void> unlessUnreadable(
            Vertx vertx, Delivery delivery, Cancellation cancellation, Function<StagedJob, Future<Void>> work) {
        Future<Void> followed = Future.succeededFuture(delivery)
                .map(come -> Codec.request(come.body()).asStagedJob())
                .compose(work)
                .recover(cause -> cause instanceof InvalidMessage invalid
                        ? setAside(vertx, delivery, cancellation, invalid)
                        : Future.failedFuture(cause));
        return new Settling(vertx, tools, delivery, cancellation).after(followed);
    }

    private Future<Void> setAside(Vertx vertx, Delivery delivery, Cancellation cancellation, InvalidMessage invalid) {
        Optional<ProcessingRequest.Subject> subject = Codec.subjectOfRequest(delivery.body());
        OutboxMessage letter =
                Outgoing.unreadable(delivery, Optional.empty(), subject.map(ProcessingRequest.Subject::job), invalid);
        return new Patience(vertx, cancellation)
                .untilTheDatabaseAnswers(
                        Settling.HOLD, () -> requests.refuse(letter, subject.map(whose -> failed(whose, invalid))))
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

    private Update failed(ProcessingRequest.Subject whose, InvalidMessage invalid) {
        return new Update(
                whose.job(),
                whose.mediaId(),
                Update.Status.FAILED,
                0,
                StepNames.SINGLE_STAGE.failedStep(StageName.DOWNLOAD),
                List.of(),
                Optional.empty(),
                Optional.of(new Update.Failure(ErrorCode.INVALID_MESSAGE, String.valueOf(invalid.getMessage()))),
                List.of(),
                Instant.now(),
                BEFORE_ALL,
                StageName.DOWNLOAD,
                1,
                Optional.empty(),
                tools.worker());
    }
}
