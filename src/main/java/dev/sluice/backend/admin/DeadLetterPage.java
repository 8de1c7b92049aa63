package dev.sluice.backend.admin;

import java.util.List;

/**
 * The dead letters from the front of the queue.
 *
 * @param more whether there are others behind them
 */
public record DeadLetterPage(List<DeadLetter> deadLetters, boolean hasMore) {
    public DeadLetterPage {
        deadLetters = List.copyOf(deadLetters);
    }
}
