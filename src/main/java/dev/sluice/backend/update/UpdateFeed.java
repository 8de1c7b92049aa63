package dev.sluice.backend.update;

import dev.sluice.job.JobId;
import io.vertx.core.buffer.Buffer;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Buffers the last updates with sequence numbers, so that a client that reconnects continues at its position. A position is
 * the epoch of the feed and a number. It is unknown to other processes, and to this one after it missed updates. For use on
 * one event loop.
 */
public final class UpdateFeed {
    static final int MAX_ENTRIES = 10_000;
    private static final long MAX_BYTES = 16L << 20;

    /** Entry n is at index n modulo the length. */
    private final @Nullable FeedEntry[] ringBuffer = new FeedEntry[MAX_ENTRIES];

    private final Set<Runnable> subscribers = new LinkedHashSet<>();
    private String epoch = newEpoch();
    private long first = 1;
    private long last;
    private long bytes;

    /** Appends an update and notifies the subscribers. */
    void add(JobId job, Optional<String> owner, Buffer message) {
        if (last - first + 1 == MAX_ENTRIES) {
            dropFirst();
        }
        last++;
        ringBuffer[index(last)] = new FeedEntry(last, job, owner, message);
        bytes += message.length();
        while (bytes > MAX_BYTES) {
            dropFirst();
        }
        notifySubscribers();
    }

    private void dropFirst() {
        bytes -= entry(first).message().length();
        ringBuffer[index(first)] = null;
        first++;
    }

    /** Removes all entries after updates were missed; earlier positions become unknown. */
    void invalidate() {
        while (first <= last) {
            dropFirst();
        }
        epoch = newEpoch();
        notifySubscribers();
    }

    /** Runs {@code subscriber} whenever the feed may have new entries. */
    public void subscribe(Runnable subscriber) {
        subscribers.add(subscriber);
    }

    public void unsubscribe(Runnable subscriber) {
        subscribers.remove(subscriber);
    }

    public int subscriberCount() {
        return subscribers.size();
    }

    /** The position of the last entry. */
    public Position latestPosition() {
        return new Position(epoch, last);
    }

    /** Parses a position written by {@link Position#text}; empty if it is invalid or unknown. */
    public Optional<Position> parsePosition(String text) {
        int dash = text.indexOf('-');
        if (dash < 0 || !text.substring(0, dash).equals(epoch)) {
            return Optional.empty();
        }
        try {
            Position position = new Position(epoch, Long.parseLong(text.substring(dash + 1)));
            return Optional.of(position).filter(this::contains);
        } catch (NumberFormatException invalid) {
            return Optional.empty();
        }
    }

    /** Whether the feed has all entries after this position. */
    public boolean contains(Position position) {
        return position.epoch().equals(epoch) && position.sequence() >= first - 1 && position.sequence() <= last;
    }

    /** At most {@code max} entries after a position that the feed {@link #contains}, oldest first. */
    public List<FeedEntry> after(Position position, int max) {
        return LongStream.rangeClosed(position.sequence() + 1, Math.min(last, position.sequence() + max))
                .mapToObj(this::entry)
                .toList();
    }

    private FeedEntry entry(long number) {
        return Objects.requireNonNull(ringBuffer[index(number)]);
    }

    private static int index(long number) {
        return (int) (number % MAX_ENTRIES);
    }

    private void notifySubscribers() {
        List.copyOf(subscribers).forEach(Runnable::run);
    }

    private static String newEpoch() {
        byte[] random = new byte[6];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /**
     * A position in the feed.
     *
     * @param sequence number of the last received entry
     */
    public record Position(String epoch, long sequence) {
        /** The position as sent to clients. */
        public String text() {
            return epoch + "-" + sequence;
        }
    }
}
