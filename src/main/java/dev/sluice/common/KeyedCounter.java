package dev.sluice.common;

import java.util.HashMap;
import java.util.Map;

/** Counts what is in use by key and in all. A key with nothing in use needs no memory. Not thread-safe. */
public final class KeyedCounter {
    private final Map<String, Integer> counts = new HashMap<>();
    private int total;

    public int of(String key) {
        return counts.getOrDefault(key, 0);
    }

    /** The sum of all keys. */
    public int total() {
        return total;
    }

    public void increment(String key) {
        counts.merge(key, 1, Integer::sum);
        total++;
    }

    /** Takes back one increment of the key. */
    public void decrement(String key) {
        counts.computeIfPresent(key, (same, count) -> count > 1 ? count - 1 : null);
        total--;
    }
}
