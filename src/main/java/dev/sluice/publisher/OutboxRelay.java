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

/** Publishes the messages of the outbox with confirms. Threads: any. */
record OutboxRelay(Outbox outbox, DeliveryStepListener stepListener) {
    private static final int BATCH_SIZE = 100;

    /** Whether a message is due. The outbox is usually empty: this takes one statement and no transaction. */
    Future<Boolean> hasDueMessage() {
        return outbox.nextDue().map(wait -> wait.filter(Duration::isZero).isPresent());
    }

    /** Publishes a batch of due messages and returns their number; a batch below the limit is not necessarily the last. */
    Future<Integer> publishBatch(ConfirmedPublisher publisher) {
        return outbox.relay(BATCH_SIZE, messages -> publishAll(publisher, messages));
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
