package dev.sluice.routing;

import dev.sluice.broker.Delivery;
import dev.sluice.broker.Topology;
import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.DeadLetterHeaders;
import dev.sluice.message.json.InvalidMessageException;
import dev.sluice.message.json.JsonValidator;
import dev.sluice.persistence.outbox.OutboxMessage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;

/** Builds dead letters: a delivery with headers that say why it failed. */
public final class DeadLetterMessages {
    /** Bytes kept of a body that exceeds the size of a message; enough to recognize it. */
    private static final int MAX_OVERSIZED_BODY_BYTES = 64 << 10;

    private DeadLetterMessages() {}

    /** A delivery that cannot be decoded. */
    public static OutboxMessage undecodable(
            Delivery delivery, Optional<StageName> stage, Optional<JobId> job, InvalidMessageException invalid) {
        return rejected(delivery, ErrorCode.INVALID_MESSAGE, String.valueOf(invalid.getMessage()), stage, job);
    }

    /** A delivery that is rejected for another reason, before any attempt. */
    public static OutboxMessage rejected(
            Delivery delivery, ErrorCode code, String message, Optional<StageName> stage, Optional<JobId> job) {
        return deadLetter(
                delivery,
                new DeadLetterHeaders(
                        Optional.of(delivery.queue()),
                        Optional.of(code.wire()),
                        Optional.of(message),
                        job,
                        stage,
                        0,
                        Optional.of(Instant.now()),
                        new JsonArray()));
    }

    /** A delivery whose attempts are exhausted, with their history. */
    public static OutboxMessage attemptsExhausted(
            Delivery delivery, Attempt attempt, JobException failure, JsonArray history) {
        return deadLetter(
                delivery,
                new DeadLetterHeaders(
                        Optional.of(delivery.queue()),
                        Optional.of(failure.code().wire()),
                        Optional.of(failure.message()),
                        Optional.of(attempt.run().job()),
                        Optional.of(attempt.run().stage()),
                        attempt.attemptNumber(),
                        DeadLetterHeaders.lastAttemptEnd(history).or(() -> Optional.of(Instant.now())),
                        history));
    }

    /** The whole body, so that it can be replayed; of a body larger than any valid message only its beginning. */
    private static OutboxMessage deadLetter(Delivery delivery, DeadLetterHeaders deadLetterHeaders) {
        Buffer body = delivery.body();
        JsonObject headers = deadLetterHeaders.toHeaders();
        if (body.length() > JsonValidator.MAX_BYTES) {
            headers.put(DeadLetterHeaders.ORIGINAL_LENGTH, delivery.bodyBytes()).put(DeadLetterHeaders.TRUNCATED, true);
            body = body.getBuffer(0, MAX_OVERSIZED_BODY_BYTES);
        }
        return OutboxMessage.of(Topology.DEFAULT_EXCHANGE, Topology.DEAD_LETTER_QUEUE, body)
                .withHeaders(headers);
    }
}
