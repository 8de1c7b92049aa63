package dev.sluice.backend;

import java.util.List;

/**
 * The dead letters from the front of the queue.
 *
 * @param left how many more are behind them
 */
public record DeadLetterList(List<DeadLetter> letters, long left) {
    public DeadLetterList {
        letters = List.copyOf(letters);
    }
}
