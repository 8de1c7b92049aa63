package dev.sluice.persistence.job;

import dev.sluice.job.StageName;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a job waits.
 *
 * @param stage the stage it waits for
 * @param kind the first reason that applies, in the order of the constants
 * @param ahead waiting runs of the stage that were sent earlier; empty if unknown or if they do not matter
 * @param until when a delay ends
 */
public record WaitingReason(StageName stage, Kind kind, Optional<Long> ahead, Optional<Instant> until) {

    /** Reasons to wait. */
    public enum Kind {
        /** The stage is paused on all workers. */
        PAUSED,
        /** Its message is not sent yet, because of a limit of the job or of its user. */
        HELD,
        /** The next attempt is later. */
        DELAYED,
        /** No worker is free. */
        QUEUED
    }

    public JsonObject toJson() {
        JsonObject json = new JsonObject()
                .put("stage", stage.key())
                .put("reason", kind.name().toLowerCase(Locale.ROOT));
        ahead.ifPresent(count -> json.put("ahead", count));
        until.ifPresent(time -> json.put("until", time.toString()));
        return json;
    }
}
