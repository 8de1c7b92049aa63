package dev.sluice.broker;

import dev.sluice.broker.connection.BrokerException;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Messages published on one channel and not yet confirmed, by publish sequence number. */
final class PendingConfirms {
    private final NavigableMap<Long, Unconfirmed> pending = new TreeMap<>();
    private long published;

    /** A message and the promise of its confirm. */
    private static final class Unconfirmed {
        final String messageId;
        final Promise<Void> promise;

        @Nullable
        BrokerException returned;

        Unconfirmed(String messageId, Promise<Void> promise) {
            this.messageId = messageId;
            this.promise = promise;
        }
    }

    /** Registers the next message of the channel and returns its sequence number; numbers start at 1. */
    long register(String messageId, Promise<Void> promise) {
        published++;
        pending.put(published, new Unconfirmed(messageId, promise));
        return published;
    }

    int size() {
        return pending.size();
    }

    boolean isPending(long number) {
        return pending.containsKey(number);
    }

    /** Handles a confirm of the message, or of all up to it; a message that was returned before fails. */
    void onAck(long number, boolean multiple) {
        for (Unconfirmed message : take(number, multiple)) {
            BrokerException returned = message.returned;
            if (returned == null) {
                message.promise.tryComplete();
            } else {
                message.promise.tryFail(returned);
            }
        }
    }

    /** Handles the rejection of the message, or of all up to it. */
    void onNack(long number, boolean multiple, BrokerException why) {
        for (Unconfirmed message : take(number, multiple)) {
            message.promise.tryFail(Objects.requireNonNullElse(message.returned, why));
        }
    }

    /** Records that the broker returned the message because no queue accepts it; the confirm follows. */
    void onReturn(@Nullable String messageId, BrokerException why) {
        for (Unconfirmed message : pending.values()) {
            if (message.messageId.equals(messageId)) {
                message.returned = why;
            }
        }
    }

    /** Fails all pending messages: no confirm will be received for them. */
    void failAll(BrokerException why) {
        List<Unconfirmed> all = List.copyOf(pending.values());
        pending.clear();
        all.forEach(message -> message.promise.tryFail(why));
    }

    /** Removes messages before their promises complete, because a completed caller may publish again immediately. */
    private Collection<Unconfirmed> take(long number, boolean multiple) {
        if (!multiple) {
            Unconfirmed one = pending.remove(number);
            return one == null ? List.of() : List.of(one);
        }
        Map<Long, Unconfirmed> upTo = pending.headMap(number, true);
        List<Unconfirmed> all = new ArrayList<>(upTo.values());
        upTo.clear();
        return all;
    }
}
