package dev.sluice.backend.admin;

import dev.sluice.broker.Delivery;
import dev.sluice.job.JobId;
import dev.sluice.message.DeadLetterHeaders;
import dev.sluice.message.MessageCodec;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** A message in the dead-letter queue. */
public record DeadLetter(DeadLetterSummary summary, JsonObject headers, Buffer body) {
    /** Parses the body if the headers name no job; not for an event loop. */
    static DeadLetter from(DeadLetterSummary summary, Delivery delivery) {
        return new DeadLetter(
                summary.withJob(summary.job().or(() -> MessageCodec.peekJobId(delivery.body()))),
                delivery.headers(),
                delivery.body());
    }

    public String id() {
        return summary.id();
    }

    public DeadLetterHeaders details() {
        return summary.details();
    }

    public Optional<JobId> job() {
        return summary.job();
    }
}
