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

/** What one channel has published and the broker has not answered for, by the number that the broker will use. */
final class PendingConfirms {
    private final NavigableMap<Long, Unconfirmed> pending = new TreeMap<>();
    private long published;

    /** One message and who waits for it. */
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

    /** Notes the next message of the channel and returns its number; numbers start at 1. */
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

    /** The broker has taken the message, or all up to it; one that it returned before has failed. */
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

    /** The broker has refused the message, or all up to it. */
    void onNack(long number, boolean multiple, BrokerException why) {
        for (Unconfirmed message : take(number, multiple)) {
            message.promise.tryFail(Objects.requireNonNullElse(message.returned, why));
        }
    }

    /** The broker gave the message back because no queue takes it; its answer follows. */
    void onReturn(@Nullable String messageId, BrokerException why) {
        for (Unconfirmed message : pending.values()) {
            if (message.messageId.equals(messageId)) {
                message.returned = why;
            }
        }
    }

    /** Nobody will answer any more. */
    void failAll(BrokerException why) {
        List<Unconfirmed> all = List.copyOf(pending.values());
        pending.clear();
        all.forEach(message -> message.promise.tryFail(why));
    }

    /** Out of the map before anybody is told, who may publish again at once. */
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
