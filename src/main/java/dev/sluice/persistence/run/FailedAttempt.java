package dev.sluice.persistence.run;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.OffsetDateTime;
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
        Instant finished) {

    /**
     * The history of a run with this end of its attempt behind it, in SQL over the row of the run.
     *
     * @param code SQL, as the others
     */
    static String appendSql(String code, String sentence, String at) {
        return "history || jsonb_build_array(jsonb_build_object('attempt', counted, 'worker', worker, 'error_code', "
                + code + ", 'error', " + sentence + ", 'started_at', started_at, 'at', " + at + "))";
    }

    /** The same for a row that may be of a run without an attempt under way: then the history as it is. */
    public static String appendIfRunningSql(String code, String sentence, String at) {
        return "CASE WHEN state = 'running' THEN " + appendSql(code, sentence, at) + " ELSE history END";
    }

    /** As {@link #added} wrote it down. */
    public static FailedAttempt of(JsonObject entry) {
        return new FailedAttempt(
                entry.getInteger("attempt"),
                Optional.ofNullable(entry.getString("worker")),
                entry.getString("error_code"),
                entry.getString("error"),
                Optional.ofNullable(entry.getString("started_at")).map(FailedAttempt::instant),
                instant(entry.getString("at")));
    }

    private static Instant instant(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }
}
