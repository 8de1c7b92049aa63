package dev.sluice.pipeline.request;

import dev.sluice.broker.Delivery;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.PayloadExecutor;
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
import dev.sluice.pipeline.run.RunServices;
import dev.sluice.routing.DeadLetterMessages;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decodes requests. Dead-letters those that cannot be decoded, and sends a failure update if their job id is readable. */
public record RequestDecoder(RequestRepository requests, RunServices services) {
    private static final Logger LOG = LoggerFactory.getLogger(RequestDecoder.class);
    /** Below all sequence numbers of workers, in case the request is corrected and sent again. */
    private static final long FIRST_SEQ = 0;

    /** Applies {@code work} to the job of a request and settles the delivery. Never fails. */
    Future<Void> decodeAndRun(
            Delivery delivery, CancellationToken cancellation, Function<StagedJob, Future<Void>> work) {
        Future<Void> committed = PayloadExecutor.execute(
                        delivery.body().length(),
                        () -> MessageCodec.decodeRequest(delivery.body()).toStagedJob())
                .compose(work)
                .recover(cause -> cause instanceof InvalidMessageException invalid
                        ? deadLetter(delivery, cancellation, invalid)
                        : Future.failedFuture(cause));
        return services.deliverySettlement().settleAfter(committed, delivery, cancellation);
    }

    private Future<Void> deadLetter(
            Delivery delivery, CancellationToken cancellation, InvalidMessageException invalid) {
        return PayloadExecutor.execute(delivery.body().length(), () -> MessageCodec.peekRequestSubject(delivery.body()))
                .compose(subject -> deadLetter(delivery, cancellation, invalid, subject));
    }

    private Future<Void> deadLetter(
            Delivery delivery,
            CancellationToken cancellation,
            InvalidMessageException invalid,
            Optional<SingleStageRequest.Subject> subject) {
        OutboxMessage deadLetter = DeadLetterMessages.undecodable(
                delivery, Optional.empty(), subject.map(SingleStageRequest.Subject::job), invalid);
        return services.databaseRetry()
                .whileUnavailable(
                        DatabaseRetry.MAX_HOLD,
                        cancellation,
                        () -> requests.reject(deadLetter, subject.map(readable -> failed(readable, invalid))))
                .onSuccess(responded -> LOG.atWarn()
                        .addKeyValue("queue", delivery.queue())
                        .addKeyValue(
                                "jobId",
                                subject.map(readable -> readable.job().value()).orElse(""))
                        .addKeyValue("bytes", delivery.body().length())
                        .addKeyValue("responded", responded)
                        .addKeyValue("error", invalid.getMessage())
                        .log("request undecodable; dead-lettered"))
                .mapEmpty();
    }

    private JobUpdate failed(SingleStageRequest.Subject subject, InvalidMessageException invalid) {
        return new JobUpdate(
                subject.job(),
                subject.mediaId(),
                JobUpdate.Status.FAILED,
                0,
                StepScheme.SINGLE_STAGE.failedStep(StageName.DOWNLOAD),
                JobUpdate.Content.failed(
                        new JobUpdate.ErrorDetails(
                                ErrorCode.INVALID_MESSAGE, String.valueOf(invalid.getMessage()), Optional.empty()),
                        List.of()),
                Instant.now(),
                FIRST_SEQ,
                new JobUpdate.Origin(StageName.DOWNLOAD, 1, services.worker()),
                Optional.empty());
    }
}
