package dev.sluice.persistence.control;

import dev.sluice.common.async.PayloadExecutor;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.StagedJob;
import dev.sluice.message.json.InvalidMessageException;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.persistence.job.JobStatus;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A job that failed or was cancelled, as read in the transaction that changes it.
 *
 * @param job its row, with the message as text
 * @param runs the rows of its runs
 */
record StoppedJob(Row job, RowSet<Row> runs) {
    private static final String SELECT_STATE = "SELECT state, error_code FROM sluice.job WHERE id = $1";

    /**
     * Returns the result of an operation.
     *
     * @param applied the stage, if the operation was applied
     * @param required the state that the operation requires; a job that is in it although the operation was not applied
     *     was changed concurrently, and {@code repeat} runs
     */
    static Future<JobControlResult> result(
            Database database,
            JobId id,
            Optional<StageName> applied,
            JobStatus.State required,
            Supplier<Future<JobControlResult>> repeat) {
        if (applied.isPresent()) {
            return Future.succeededFuture(new JobControlResult.Applied(applied.get()));
        }
        return database.execute(SELECT_STATE, id.value()).compose(rows -> {
            if (rows.size() == 0) {
                return Future.succeededFuture(new JobControlResult.JobNotFound());
            }
            Row row = rows.iterator().next();
            JobStatus.State state =
                    JobStatus.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT));
            return state == required
                    ? repeat.get()
                    : Future.succeededFuture(
                            new JobControlResult.Conflict(state, Optional.ofNullable(row.getString("error_code"))));
        });
    }

    /** The last stage that was started, or the next one if that stage is done: then the job was between the two. */
    StageName stage() {
        return Rows.stream(runs)
                .max(Comparator.comparing(StoppedJob::stageOf)
                        .thenComparing(run -> !run.getString("state").equals("done")))
                .map(last -> last.getString("state").equals("done") ? following(stageOf(last)) : stageOf(last))
                .orElseGet(() -> stageOf(job));
    }

    /** The last attempt of the runs of this stage, from 1. */
    int attempt() {
        return Rows.stream(runs)
                .filter(run -> stageOf(run) == stage())
                .mapToInt(run -> run.getInteger("counted"))
                .reduce(1, Math::max);
    }

    boolean hasOpenRun() {
        return Rows.stream(runs)
                .map(run -> run.getString("state"))
                .anyMatch(state -> state.equals("waiting") || state.equals("running"));
    }

    /** Decodes the message as the last stage does, which requires the fewest fields, and applies {@code use} to it. */
    <T> Future<T> withMessage(Function<StagedJob, T> use) {
        String message = job.getString("message");
        return PayloadExecutor.execute(message.length(), () -> use.apply(decode(message)));
    }

    private static StagedJob decode(String message) {
        try {
            return MessageCodec.decodeStagedJob(message, StageName.UPLOAD);
        } catch (InvalidMessageException invalid) {
            throw new JobException(
                    ErrorCode.INVALID_MESSAGE, "The job's message is invalid: " + invalid.getMessage(), invalid);
        }
    }

    private static StageName stageOf(Row row) {
        return StageName.of(row.getString("stage"));
    }

    private static StageName following(StageName stage) {
        return Stream.of(StageName.values())
                .filter(later -> later.compareTo(stage) > 0)
                .findFirst()
                .orElse(stage);
    }
}
