package dev.sluice.common;

import java.util.LinkedHashMap;
import java.util.Map;

/** Map of bounded size; the least recently used entry is evicted first. Not safe for concurrent use. */
public final class LruCache<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;
    private static final int INITIAL_CAPACITY = 16;
    private static final float LOAD_FACTOR = 0.75f;

    private final int maxSize;

    public LruCache(int maxSize) {
        super(INITIAL_CAPACITY, LOAD_FACTOR, true);
        this.maxSize = maxSize;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > maxSize;
    }
}
