package dev.sluice.backend.admin;

import java.util.List;

/**
 * The dead letters from the front of the queue.
 *
 * @param more whether there are others behind them
 */
public record DeadLetterList(List<DeadLetter> letters, boolean more) {
    public DeadLetterList {
        letters = List.copyOf(letters);
    }
}
