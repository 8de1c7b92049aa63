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
 * What a dead letter says of itself in its headers. A message that somebody else put there says nothing, or anything.
 *
 * @param queue where the message was taken from
 * @param errorCode why it is dead, for programs
 * @param error the same for people, one sentence
 * @param attempts how many counted; 0 where none was made
 * @param history what did not end well, oldest first: number of the attempt, worker, code and sentence of the error, time
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

    /** All headers of ours begin so. */
    public static final String PREFIX = "x-sluice-";
    /** How long a message was of which only the beginning was kept, bytes. */
    public static final String ORIGINAL_LENGTH = PREFIX + "bytes";
    /** True where only the beginning of a message was kept. */
    public static final String TRUNCATED = PREFIX + "cut";

    /** What goes beyond is left out, the oldest first: a broker takes headers of one frame. */
    private static final int MAX_LISTED_ATTEMPTS = 20;

    private static final int MAX_HISTORY_BYTES = 8 * 1024;
    private static final int LONGEST_ERROR = 2_000;
    private static final int MAX_ERROR_LENGTH = 500;

    private static final String QUEUE = PREFIX + "queue";
    private static final String ERROR_CODE = PREFIX + "error-code";
    private static final String ERROR = PREFIX + "error";
    private static final String JOB = PREFIX + "job";
    private static final String STAGE = PREFIX + "stage";
    private static final String ATTEMPTS = PREFIX + "attempts";
    private static final String AT = PREFIX + "at";
    private static final String HISTORY = PREFIX + "history";

    /** The headers that say so. */
    public JsonObject toHeaders() {
        JsonObject headers = new JsonObject();
        queue.ifPresent(name -> headers.put(QUEUE, name));
        errorCode.ifPresent(code -> headers.put(ERROR_CODE, code));
        error.ifPresent(sentence -> headers.put(ERROR, cut(sentence, LONGEST_ERROR)));
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

    /** What these headers say; what is not there or cannot be used counts as not said. */
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

    /** When the last attempt ended, where the history says so. */
    public static Optional<Instant> lastAttemptEnd(JsonArray history) {
        return history.isEmpty() || !(history.getValue(history.size() - 1) instanceof JsonObject last)
                ? Optional.empty()
                : text(last, "at").flatMap(DeadLetterHeaders::time);
    }

    private static JsonArray bounded(JsonArray history) {
        List<Object> newestFirst = new ArrayList<>();
        int bytes = 2;
        for (int i = history.size() - 1; i >= 0 && newestFirst.size() < MAX_LISTED_ATTEMPTS; i--) {
            Object entry = shortened(history.getValue(i));
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

    private static @Nullable Object shortened(@Nullable Object entry) {
        if (entry instanceof JsonObject attempt && attempt.getValue("error") instanceof String error) {
            return attempt.copy().put("error", cut(error, MAX_ERROR_LENGTH));
        }
        return entry;
    }

    private static String cut(String text, int max) {
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
        } catch (IllegalArgumentException notOne) {
            return Optional.empty();
        }
    }

    private static Optional<StageName> stage(String text) {
        try {
            return Optional.of(StageName.of(text));
        } catch (IllegalArgumentException notOne) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException notOne) {
            return Optional.empty();
        }
    }

    private static JsonArray array(String text) {
        try {
            return new JsonArray(text);
        } catch (DecodeException | ClassCastException notOne) {
            return new JsonArray();
        }
    }
}
