package dev.sluice.backend;

import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The last updates, numbered, so that who was away for a while can read on where he was. A place in the feed is written as the
 * feed's own mark and a number: another process, or this one after it missed something itself, does not know it. Belongs to one
 * event loop.
 */
public final class LiveFeed {
    private static final int MOST = 10_000;
    private static final long MOST_BYTES = 16L << 20;

    private final Deque<LiveUpdate> kept = new ArrayDeque<>();
    private final Set<Runnable> watchers = new LinkedHashSet<>();
    private String mark = newMark();
    private long last;
    private long bytes;

    /** Adds an update to the end, and tells all who watch. */
    void add(LiveUpdate update) {
        kept.addLast(update);
        last = update.number();
        bytes += update.message().length();
        while (kept.size() > MOST || bytes > MOST_BYTES) {
            bytes -= kept.removeFirst().message().length();
        }
        tell();
    }

    /** Forgets all that was: something in between was not heard. */
    void missedSome() {
        kept.clear();
        bytes = 0;
        mark = newMark();
        tell();
    }

    long nextNumber() {
        return last + 1;
    }

    /** Has {@code watcher} run whenever there may be something new. */
    public void watch(Runnable watcher) {
        watchers.add(watcher);
    }

    /** Ends that. */
    public void leave(Runnable watcher) {
        watchers.remove(watcher);
    }

    /** How many watch. */
    public int watchers() {
        return watchers.size();
    }

    /** The end of the feed as it is now. */
    public Place end() {
        return new Place(mark, last);
    }

    /** A place as {@link Place#text} writes it; empty if it is none, or one that is no longer known. */
    public Optional<Place> place(String text) {
        int dash = text.indexOf('-');
        if (dash < 0 || !text.substring(0, dash).equals(mark)) {
            return Optional.empty();
        }
        try {
            Place place = new Place(mark, Long.parseLong(text.substring(dash + 1)));
            return Optional.of(place).filter(this::isKnown);
        } catch (NumberFormatException notOurs) {
            return Optional.empty();
        }
    }

    /** Whether all that came after this place is still here. */
    public boolean isKnown(Place place) {
        long first = kept.isEmpty() ? last + 1 : kept.getFirst().number();
        return place.mark().equals(mark) && place.number() >= first - 1 && place.number() <= last;
    }

    /** What came after a place that {@link #isKnown}, oldest first, no more than so many. */
    public List<LiveUpdate> after(Place place, int most) {
        List<LiveUpdate> found = new ArrayList<>();
        // From the end: who watches is at most a few behind.
        for (var newest = kept.descendingIterator(); newest.hasNext(); ) {
            LiveUpdate update = newest.next();
            if (update.number() <= place.number()) {
                break;
            }
            found.add(0, update);
        }
        return found.size() <= most ? found : List.copyOf(found.subList(0, most));
    }

    private void tell() {
        List.copyOf(watchers).forEach(Runnable::run);
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
    public record Place(String mark, long number) {
        /** How callers are told of it. */
        public String text() {
            return mark + "-" + number;
        }
    }
}
