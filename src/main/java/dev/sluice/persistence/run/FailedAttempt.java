package dev.sluice.persistence.run;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * A failed attempt of a run, as stored in the history of the run.
 *
 * @param number among the counted attempts, from 1; starts from 1 again when the job is restarted
 * @param started empty in entries of older versions
 * @param cost what the attempt used, by the names of {@link dev.sluice.job.Cost#toMap}; unknown if its worker did not settle it
 * @param diagnostics command and error output of FFmpeg, at most 4 KiB; for administrators
 */
public record FailedAttempt(
        int number,
        Optional<String> worker,
        String errorCode,
        String error,
        Optional<Instant> started,
        Instant finished,
        Optional<JsonObject> cost,
        Optional<String> diagnostics) {

    /**
     * SQL expression over a row of {@code stage_run}: its history with the current attempt appended. The arguments are SQL
     * expressions, too.
     */
    static String appendSql(String code, String message, String at) {
        return "history || jsonb_build_array(" + entrySql(code, message, at) + ")";
    }

    /** Like {@link #appendSql}, with the cost of the attempt, and with diagnostics unless they are NULL. */
    static String appendSql(String code, String message, String at, String diagnostics, String cost) {
        return "history || jsonb_build_array(" + entrySql(code, message, at) + " || jsonb_build_object('cost', " + cost
                + ") || CASE WHEN " + diagnostics + " IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('diagnostics', "
                + diagnostics + ") END)";
    }

    private static String entrySql(String code, String message, String at) {
        return "jsonb_build_object('attempt', counted, 'worker', worker, 'error_code', " + code + ", 'error', "
                + message + ", 'started_at', started_at, 'at', " + at + ")";
    }

    /** Like {@link #appendSql}, but the history is unchanged unless the run is in progress. */
    public static String appendIfRunningSql(String code, String message, String at) {
        return "CASE WHEN state = 'running' THEN " + appendSql(code, message, at) + " ELSE history END";
    }

    /** Reads an entry of the history. */
    public static FailedAttempt of(JsonObject entry) {
        return new FailedAttempt(
                entry.getInteger("attempt"),
                Optional.ofNullable(entry.getString("worker")),
                entry.getString("error_code"),
                entry.getString("error"),
                Optional.ofNullable(entry.getString("started_at")).map(FailedAttempt::instant),
                instant(entry.getString("at")),
                Optional.ofNullable(entry.getJsonObject("cost")),
                Optional.ofNullable(entry.getString("diagnostics")));
    }

    private static Instant instant(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }
}
