package dev.sluice.http;

import dev.sluice.http.handler.OperationHandler;
import dev.sluice.http.stream.StreamingHandler;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What answers the operations of the contract, by their ids.
 *
 * @param whole those whose request and answer are held in memory
 * @param streamed the others
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
