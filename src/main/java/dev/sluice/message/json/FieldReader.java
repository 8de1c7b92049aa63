package dev.sluice.message.json;

import dev.sluice.job.JobId;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads fields of a received message; an {@link InvalidMessageException} names the field that breaks a rule. */
public final class FieldReader {
    private static final int MAX_NAME = 255;
    /** The largest integer that every JSON parser represents exactly. */
    private static final long MAX_BYTES = (1L << 53) - 1;

    private static final int MAX_SECONDS = 100_000_000;
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,16}");
    private static final Pattern MEDIA_TYPE = Pattern.compile(
            "(video|image)/[A-Za-z0-9.+-]{1,100}|text/vtt|application/(vnd\\.apple\\.mpegurl|dash\\+xml)");

    private final JsonObject json;

    public FieldReader(JsonObject json) {
        this.json = json;
    }

    public JobId jobId(String field) {
        try {
            return new JobId(text(field));
        } catch (IllegalArgumentException invalid) {
            throw new InvalidMessageException("The field '" + field + "' is invalid: " + invalid.getMessage() + ".");
        }
    }

    /** The text of a required field, not blank. */
    public String text(String field) {
        return optionalText(field)
                .orElseThrow(() -> new InvalidMessageException("The field '" + field + "' is missing or empty."));
    }

    /** The text of a required field, not blank, of at most {@code max} characters. */
    public String text(String field, int max) {
        String text = text(field);
        if (text.length() > max) {
            throw new InvalidMessageException(
                    "The field '" + field + "' has " + text.length() + " characters; the limit is " + max + ".");
        }
        return text;
    }

    public Optional<String> optionalText(String field) {
        Object value = json.getValue(field);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof String text) {
            return text.isBlank() ? Optional.empty() : Optional.of(text);
        }
        throw wrongType(field, "a string");
    }

    /** A required name: one line of 1 to 255 characters. */
    public String name(String field) {
        String text = text(field, MAX_NAME);
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidMessageException("The field '" + field + "' must not contain control characters.");
        }
        return text;
    }

    /** The MIME type of an object, with which the object store serves it; empty if missing. */
    public String mediaType(String field) {
        String text = optionalText(field).orElse("");
        if (!text.isEmpty() && !MEDIA_TYPE.matcher(text).matches()) {
            throw wrongType(field, "a video or image MIME type");
        }
        return text;
    }

    public boolean bool(String field, boolean fallback) {
        Object value = json.getValue(field);
        if (value == null) {
            return fallback;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrongType(field, "true or false");
    }

    public int integer(String field, int min, int max) {
        return (int) whole(field, json.getValue(field), min, max);
    }

    public long number(String field, long min, long max) {
        return whole(field, json.getValue(field), min, max);
    }

    /** A size in bytes, a number or decimal text; 0 if missing. Producers without 64-bit numbers send text. */
    public long bytes(String field) {
        Object value = json.getValue(field);
        if (value == null) {
            return 0;
        }
        return whole(
                field,
                value instanceof String text && DIGITS.matcher(text).matches() ? Long.valueOf(text) : value,
                0,
                MAX_BYTES);
    }

    /** A time in seconds; 0 if missing. */
    public double seconds(String field) {
        return quantity(field, MAX_SECONDS, "a number of seconds");
    }

    /** A number; 0 if missing. */
    public double quantity(String field) {
        return quantity(field, MAX_BYTES, "a number");
    }

    private double quantity(String field, long max, String expected) {
        Object value = json.getValue(field);
        if (value == null) {
            return 0;
        }
        if (value instanceof Number number && number.doubleValue() >= 0 && number.doubleValue() <= max) {
            return number.doubleValue();
        }
        throw wrongType(field, expected + " from 0 to " + max);
    }

    private static long whole(String field, @Nullable Object value, long min, long max) {
        // Compares as double: longValue() of a number beyond the range of long is another number.
        if (value instanceof Number number
                && number.doubleValue() >= min
                && number.doubleValue() <= max
                && number.doubleValue() == Math.rint(number.doubleValue())) {
            return number.longValue();
        }
        throw wrongType(field, "a whole number from " + min + " to " + max);
    }

    /** Rejects the message if one of these fields is present and not a string. */
    public void requireStringsIfPresent(String... fields) {
        for (String field : fields) {
            var unused = optionalText(field);
        }
    }

    /** Rejects the message unless all these fields are strings that are not blank. */
    public void require(String... fields) {
        for (String field : fields) {
            var unused = text(field);
        }
    }

    public void requireObjectIfPresent(String field) {
        Object value = json.getValue(field);
        if (value != null && !(value instanceof JsonObject)) {
            throw wrongType(field, "an object");
        }
    }

    private static InvalidMessageException wrongType(String field, String expected) {
        return new InvalidMessageException("The field '" + field + "' must be " + expected + ".");
    }
}
