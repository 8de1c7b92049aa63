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
record OperationRegistry(Map<String, OperationHandler> whole, Map<String, StreamingHandler> streamed) {
    OperationRegistry {
        whole = Map.copyOf(whole);
        streamed = Map.copyOf(streamed);
    }

    Set<String> operations() {
        Set<String> all = new HashSet<>(whole.keySet());
        all.addAll(streamed.keySet());
        return all;
    }
}
