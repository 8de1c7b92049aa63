package dev.sluice.persistence.outbox;

/** Notifies a publisher that the outbox has new messages. Without a notification they are found by the next poll. */
@FunctionalInterface
public interface OutboxNotifier {
    void notifyOutbox();
}
