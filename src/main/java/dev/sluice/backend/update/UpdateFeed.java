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
 * The last updates, numbered, so that who was away for a while can read on where he was. A place in the feed is written as the
 * feed's own mark and a number: another process, or this one after it missed something itself, does not know it. Belongs to one
 * event loop.
 */
public final class UpdateFeed {
    static final int MAX_ENTRIES = 10_000;
    private static final long MAX_BYTES = 16L << 20;

    /** By their numbers, which follow each other: that of n is at the place n modulo the length. */
    private final @Nullable FeedEntry[] ringBuffer = new FeedEntry[MAX_ENTRIES];

    private final Set<Runnable> subscriberCount = new LinkedHashSet<>();
    private String mark = newMark();
    private long first = 1;
    private long last;
    private long bytes;

    /** Adds an update to the end, and tells all who watch. */
    void add(JobId job, Optional<String> owner, Buffer message) {
        if (last - first + 1 == MAX_ENTRIES) {
            dropFirst();
        }
        last++;
        ringBuffer[parsePosition(last)] = new FeedEntry(last, job, owner, message);
        bytes += message.length();
        while (bytes > MAX_BYTES) {
            dropFirst();
        }
        tell();
    }

    private void dropFirst() {
        bytes -= at(first).message().length();
        ringBuffer[parsePosition(first)] = null;
        first++;
    }

    /** Forgets all that was: something in between was not heard. */
    void invalidate() {
        while (first <= last) {
            dropFirst();
        }
        mark = newMark();
        tell();
    }

    /** Has {@code watcher} run whenever there may be something new. */
    public void subscribe(Runnable watcher) {
        subscriberCount.add(watcher);
    }

    /** Ends that. */
    public void unsubscribe(Runnable watcher) {
        subscriberCount.remove(watcher);
    }

    /** How many watch. */
    public int subscriberCount() {
        return subscriberCount.size();
    }

    /** The end of the feed as it is now. */
    public Position latestPosition() {
        return new Position(mark, last);
    }

    /** A place as {@link ArtifactLocation#text} writes it; empty if it is none, or one that is no longer known. */
    public Optional<Position> parsePosition(String text) {
        int dash = text.indexOf('-');
        if (dash < 0 || !text.substring(0, dash).equals(mark)) {
            return Optional.empty();
        }
        try {
            Position place = new Position(mark, Long.parseLong(text.substring(dash + 1)));
            return Optional.of(place).filter(this::contains);
        } catch (NumberFormatException notOurs) {
            return Optional.empty();
        }
    }

    /** Whether all that came after this place is still here. */
    public boolean contains(Position place) {
        return place.epoch().equals(mark) && place.sequence() >= first - 1 && place.sequence() <= last;
    }

    /** What came after a place that {@link #isKnown}, oldest first, no more than so many. */
    public List<FeedEntry> after(Position place, int max) {
        return LongStream.rangeClosed(place.sequence() + 1, Math.min(last, place.sequence() + max))
                .mapToObj(this::at)
                .toList();
    }

    private FeedEntry at(long number) {
        return Objects.requireNonNull(ringBuffer[parsePosition(number)]);
    }

    private static int parsePosition(long number) {
        return (int) (number % MAX_ENTRIES);
    }

    private void tell() {
        List.copyOf(subscriberCount).forEach(Runnable::run);
    }

    private static String newMark() {
        byte[] random = new byte[6];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /**
     * A place in a feed.
     *
     * @param number of the last update before it
     */
    public record Position(String epoch, long sequence) {
        /** How callers are told of it. */
        public String text() {
            return epoch + "-" + sequence;
        }
    }
}
