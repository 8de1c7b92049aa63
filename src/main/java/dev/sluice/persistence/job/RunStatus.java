package dev.sluice.persistence.job;

import dev.sluice.job.StageName;
import dev.sluice.persistence.run.FailedAttempt;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The status of a run.
 *
 * @param state {@code waiting}, {@code running}, {@code done} or {@code failed}
 * @param attempts number of counted attempts
 * @param started start of the last attempt
 * @param cost what all settled attempts used, by the names of {@link dev.sluice.job.Cost#toMap}
 * @param effort of the encode, and the trial that decided it; empty if there was no decision
 * @param failedAttempts oldest first; includes the last attempt if it failed
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
        Optional<JsonObject> cost,
        Optional<JsonObject> effort,
        List<FailedAttempt> failedAttempts) {}
