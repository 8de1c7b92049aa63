package dev.sluice.message;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a dead letter. Foreign messages in the dead-letter queue may lack them or contain anything.
 *
 * @param queue from which the message was consumed
 * @param errorCode reason, for programs
 * @param error reason, for operators
 * @param attempts number of counted attempts; 0 if rejected before any
 * @param history failed attempts, oldest first: attempt number, worker, error code and message, time, diagnostics of the last
 */
public record DeadLetterHeaders(
        Optional<String> queue,
        Optional<String> errorCode,
        Optional<String> error,
        Optional<JobId> job,
        Optional<StageName> stage,
        int attempts,
        Optional<Instant> failedAt,
        JsonArray history) {

    public static final String PREFIX = "x-sluice-";
    /** Size of the whole body of a truncated message, bytes. */
    public static final String ORIGINAL_LENGTH = PREFIX + "bytes";
    /** True if only the beginning of the body was kept. */
    public static final String TRUNCATED = PREFIX + "cut";

    /** Older attempts are omitted: all headers of a message must fit into one frame. */
    private static final int MAX_LISTED_ATTEMPTS = 20;

    /** Diagnostics are kept of the last attempt only. */
    private static final int MAX_HISTORY_BYTES = 12 * 1024;

    private static final int MAX_ERROR_LENGTH = 2_000;
    private static final int MAX_HISTORY_ERROR_LENGTH = 500;

    private static final String QUEUE = PREFIX + "queue";
    private static final String ERROR_CODE = PREFIX + "error-code";
    private static final String ERROR = PREFIX + "error";
    private static final String JOB = PREFIX + "job";
    private static final String STAGE = PREFIX + "stage";
    private static final String ATTEMPTS = PREFIX + "attempts";
    private static final String AT = PREFIX + "at";
    private static final String DIAGNOSTICS = "diagnostics";
    private static final String HISTORY = PREFIX + "history";

    public JsonObject toHeaders() {
        JsonObject headers = new JsonObject();
        queue.ifPresent(name -> headers.put(QUEUE, name));
        errorCode.ifPresent(code -> headers.put(ERROR_CODE, code));
        error.ifPresent(message -> headers.put(ERROR, truncate(message, MAX_ERROR_LENGTH)));
        job.ifPresent(id -> headers.put(JOB, id.value()));
        stage.ifPresent(name -> headers.put(STAGE, name.key()));
        if (attempts > 0) {
            headers.put(ATTEMPTS, attempts);
        }
        failedAt.ifPresent(time -> headers.put(AT, time.toString()));
        if (!history.isEmpty()) {
            headers.put(HISTORY, bounded(history).encode());
        }
        return headers;
    }

    /** Reads the headers; ignores missing and invalid ones. */
    public static DeadLetterHeaders fromHeaders(JsonObject headers) {
        return new DeadLetterHeaders(
                text(headers, QUEUE),
                text(headers, ERROR_CODE),
                text(headers, ERROR),
                text(headers, JOB).flatMap(DeadLetterHeaders::jobId),
                text(headers, STAGE).flatMap(DeadLetterHeaders::stage),
                headers.getValue(ATTEMPTS) instanceof Number number ? Math.max(0, number.intValue()) : 0,
                text(headers, AT).flatMap(DeadLetterHeaders::time),
                text(headers, HISTORY).map(DeadLetterHeaders::array).orElseGet(JsonArray::new));
    }

    /** The end of the last attempt, if the history contains it. */
    public static Optional<Instant> lastAttemptEnd(JsonArray history) {
        return history.isEmpty() || !(history.getValue(history.size() - 1) instanceof JsonObject last)
                ? Optional.empty()
                : text(last, "at").flatMap(DeadLetterHeaders::time);
    }

    private static JsonArray bounded(JsonArray history) {
        List<Object> newestFirst = new ArrayList<>();
        int bytes = 2;
        for (int i = history.size() - 1; i >= 0 && newestFirst.size() < MAX_LISTED_ATTEMPTS; i--) {
            Object entry = shortened(history.getValue(i), i == history.size() - 1);
            String encoded = entry instanceof JsonObject json ? json.encode() : String.valueOf(entry);
            bytes += encoded.getBytes(StandardCharsets.UTF_8).length + 1;
            if (bytes > MAX_HISTORY_BYTES) {
                break;
            }
            newestFirst.add(entry);
        }
        JsonArray kept = new JsonArray();
        for (int i = newestFirst.size() - 1; i >= 0; i--) {
            kept.add(newestFirst.get(i));
        }
        return kept;
    }

    private static @Nullable Object shortened(@Nullable Object entry, boolean last) {
        if (!(entry instanceof JsonObject attempt)) {
            return entry;
        }
        JsonObject kept = attempt.copy();
        if (kept.getValue("error") instanceof String error) {
            kept.put("error", truncate(error, MAX_HISTORY_ERROR_LENGTH));
        }
        if (!last) {
            kept.remove(DIAGNOSTICS);
        }
        return kept;
    }

    private static String truncate(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
        return text.substring(0, end) + "…";
    }

    private static Optional<String> text(JsonObject json, String field) {
        return json.getValue(field) instanceof String text && !text.isBlank() ? Optional.of(text) : Optional.empty();
    }

    private static Optional<JobId> jobId(String text) {
        try {
            return Optional.of(new JobId(text));
        } catch (IllegalArgumentException invalid) {
            return Optional.empty();
        }
    }

    private static Optional<StageName> stage(String text) {
        try {
            return Optional.of(StageName.of(text));
        } catch (IllegalArgumentException invalid) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException invalid) {
            return Optional.empty();
        }
    }

    private static JsonArray array(String text) {
        try {
            return new JsonArray(text);
        } catch (DecodeException | ClassCastException invalid) {
            return new JsonArray();
        }
    }
}
