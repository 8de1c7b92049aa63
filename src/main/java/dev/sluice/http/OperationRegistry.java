package dev.sluice.http;

import dev.sluice.http.handler.OperationHandler;
import dev.sluice.http.stream.StreamingHandler;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The handlers by operation ID.
 *
 * @param buffered handlers with request and response bodies in memory
 * @param streaming all others
 */
record OperationRegistry(Map<String, OperationHandler> buffered, Map<String, StreamingHandler> streaming) {
    OperationRegistry {
        buffered = Map.copyOf(buffered);
        streaming = Map.copyOf(streaming);
    }

    Set<String> operations() {
        Set<String> all = new HashSet<>(buffered.keySet());
        all.addAll(streaming.keySet());
        return all;
    }
}
