package dev.sluice.store;

import java.time.Instant;
import java.util.Optional;

/**
 * An attempt at a run that did not end well.
 *
 * @param number of the attempt, of those that count; from 1 again in a job that was started again
 * @param started empty where it was not written down: attempts of versions before this one
 */
public record FailedAttempt(
        int number,
        Optional<String> worker,
        String errorCode,
        String error,
        Optional<Instant> started,
        Instant finished) {}
