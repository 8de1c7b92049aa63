package dev.sluice.backend.admin;

import java.util.List;

/**
 * The first dead letters of the queue.
 *
 * @param hasMore whether the queue has more
 */
public record DeadLetterPage(List<DeadLetterSummary> deadLetters, boolean hasMore) {
    public DeadLetterPage {
        deadLetters = List.copyOf(deadLetters);
    }
}
