package dev.sluice.publisher;

import dev.sluice.broker.ConfirmedPublisher;
import dev.sluice.broker.OutgoingMessage;
import dev.sluice.job.DeliveryStep;
import dev.sluice.job.DeliveryStepListener;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.outbox.OutboxMessage;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Publishes the messages of the outbox with confirms. Threads: any.
 *
 * @param distance minimum time between the final update of a job and the update before it
 */
record OutboxRelay(Outbox outbox, Duration distance, DeliveryStepListener stepListener) {
    private static final int BATCH_SIZE = 100;

    /**
     * Time until the next message is due; zero if one is due, empty if there is none. The outbox is usually empty: this takes one
     * statement and no transaction.
     */
    Future<Optional<Duration>> nextDue() {
        return outbox.nextDue(distance);
    }

    /** Publishes a batch of due messages and returns their number; a batch below the limit is not necessarily the last. */
    Future<Integer> publishBatch(ConfirmedPublisher publisher) {
        return outbox.relay(BATCH_SIZE, distance, messages -> publishAll(publisher, messages));
    }

    private Future<Void> publishAll(ConfirmedPublisher publisher, List<OutboxMessage> messages) {
        return Future.join(messages.stream()
                        .map(message -> publisher.publish(new OutgoingMessage(
                                message.exchange(),
                                message.routingKey(),
                                message.body(),
                                message.headers(),
                                message.messageId())))
                        .toList())
                .onSuccess(confirmed -> stepListener.onStep(DeliveryStep.PUBLISHED))
                .mapEmpty();
    }
}
