package dev.sluice.routing;

import dev.sluice.broker.Delivery;
import dev.sluice.broker.Topology;
import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.DeadLetterHeaders;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.StagedJob;
import dev.sluice.message.json.InvalidMessageException;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.recovery.LostMessageRepository;
import dev.sluice.pipeline.run.StageRoute;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** The messages that follow from a delivery, ready for the outbox. */
public final class StageMessages {
    /** Bytes; enough to see what it was. */
    private static final int KEPT_OF_TOO_LARGE = 64 << 10;

    private StageMessages() {}

    /**
     * The job, handed to the next stage.
     *
     * @throws JobException MESSAGE_TOO_LARGE if that stage would not read it
     */
    public static OutboxMessage toStage(StageName next, StagedJob job) {
        return toQueueOf(next, limited(next, job));
    }

    /** The job, as the message about one of a stage's tasks. */
    public static OutboxMessage toTask(RunId run, StagedJob job) {
        return toQueueOf(run.stage(), limited(run.stage(), job.withTask(run.task())));
    }

    private static Buffer limited(StageName next, StagedJob job) {
        Buffer body = MessageCodec.encode(job);
        if (body.length() > MessageCodec.MAX_BYTES) {
            throw new JobException(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "The message to the " + next.key() + " stage would have " + body.length() + " bytes, with "
                            + job.outputs().size() + " outputs; the limit is " + MessageCodec.MAX_BYTES + " bytes.");
        }
        return body;
    }

    /** Where the queues are ours alone they need no exchange. */
    private static OutboxMessage toQueueOf(StageName stage, Buffer body) {
        return switch (stage) {
            case SEGMENT, JOIN -> message(Topology.DEFAULT_EXCHANGE, Topology.queueOf(stage), body, new JsonObject());
            case DOWNLOAD, PROCESSING, UPLOAD ->
                message(Topology.PROCESSING_EXCHANGE, stage.key(), body, new JsonObject());
        };
    }

    /** The delivery as it came, back to its own stage. */
    public static OutboxMessage redeliver(Delivery delivery, StageRoute route) {
        return toQueueOf(route.name(), delivery.body());
    }

    /** The message of a run that got lost, made anew. */
    public static OutboxMessage resend(LostMessageRepository.LostRun run) {
        StageName stage = run.run().stage();
        JsonObject body = stage == StageName.SEGMENT
                ? run.job().copy().put(StagedJob.TASK, run.run().task())
                : run.job();
        return toQueueOf(stage, body.toBuffer());
    }

    /** A delivery that cannot be read, to the dead letters with the reason. */
    public static OutboxMessage unreadable(
            Delivery delivery, Optional<StageName> stage, Optional<JobId> job, InvalidMessageException invalid) {
        return dead(
                delivery,
                new DeadLetterHeaders(
                        Optional.of(delivery.queue()),
                        Optional.of(ErrorCode.INVALID_MESSAGE.wire()),
                        Optional.ofNullable(invalid.getMessage()),
                        job,
                        stage,
                        0,
                        Optional.of(Instant.now()),
                        new JsonArray()));
    }

    /** A delivery whose attempts are used up, to the dead letters with what became of them. */
    public static OutboxMessage givenUp(
            Delivery delivery, StageRoute route, Attempt attempt, JobException failure, JsonArray history) {
        return dead(
                delivery,
                new DeadLetterHeaders(
                        Optional.of(delivery.queue()),
                        Optional.of(failure.code().wire()),
                        Optional.of(failure.message()),
                        Optional.of(attempt.run().job()),
                        Optional.of(route.name()),
                        attempt.attemptNumber(),
                        DeadLetterHeaders.lastAttemptEnd(history).or(() -> Optional.of(Instant.now())),
                        history));
    }

    /** Whole, so that it can be sent again, unless it is so large that it is no message of ours: then only its beginning. */
    private static OutboxMessage dead(Delivery delivery, DeadLetterHeaders note) {
        Buffer body = delivery.body();
        JsonObject headers = note.toHeaders();
        if (body.length() <= MessageCodec.MAX_BYTES) {
            return message(Topology.DEFAULT_EXCHANGE, Topology.DEAD_LETTER_QUEUE, body, headers);
        }
        return message(
                Topology.DEFAULT_EXCHANGE,
                Topology.DEAD_LETTER_QUEUE,
                body.getBuffer(0, KEPT_OF_TOO_LARGE),
                headers.put(DeadLetterHeaders.ORIGINAL_LENGTH, body.length()).put(DeadLetterHeaders.TRUNCATED, true));
    }

    private static OutboxMessage message(String exchange, String routingKey, Buffer body, JsonObject headers) {
        return new OutboxMessage(
                exchange, routingKey, body, headers, UUID.randomUUID().toString(), Optional.empty(), Duration.ZERO);
    }
}
