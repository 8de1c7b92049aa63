package dev.sluice.persistence.job;

import dev.sluice.job.StageName;
import dev.sluice.persistence.run.FailedAttempt;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How one run went so far.
 *
 * @param state {@code waiting}, {@code running}, {@code done} or {@code failed}
 * @param attempts how many attempts counted
 * @param started when the last attempt started
 * @param failedAttempts those that did not end well, oldest first; the last attempt is among them if it did not
 */
public record RunStatus(
        StageName stage,
        int task,
        String state,
        int attempts,
        Optional<String> worker,
        Optional<String> error,
        Optional<Instant> started,
        Optional<Instant> finished,
        List<FailedAttempt> failedAttempts) {}
