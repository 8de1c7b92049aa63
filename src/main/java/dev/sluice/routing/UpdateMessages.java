package dev.sluice.routing;

import dev.sluice.broker.Topology;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.MessageCodec;
import dev.sluice.persistence.outbox.OutboxMessage;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** Builds the outbox messages of updates. */
public final class UpdateMessages {
    private UpdateMessages() {}

    /** The message of an update; updates of one job are published in the order in which they are enqueued. */
    public static OutboxMessage toOutbox(JobUpdate update) {
        OutboxMessage message = new OutboxMessage(
                Topology.UPDATES_EXCHANGE,
                Topology.UPDATE_KEY,
                MessageCodec.encode(update),
                new JsonObject(),
                messageId(update),
                Optional.of(update.jobId().value()),
                Duration.ZERO);
        return update.status() == JobUpdate.Status.PROCESSING ? message : message.asFinal();
    }

    /** Equal for equal updates. A UUID, because a job id may be too long for an AMQP message id. */
    private static String messageId(JobUpdate update) {
        String name = update.jobId() + "-" + update.seq();
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
