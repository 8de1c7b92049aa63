package dev.sluice.message.json;

import dev.sluice.job.JobId;
import dev.sluice.message.OutputFile;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads fields of a message from outside; what breaks a rule is named in {@link InvalidMessageException}. */
public final class FieldReader {
    private static final int MAX_NAME = 255;
    /** The largest whole number that every reader of JSON gets right. */
    private static final long MAX_BYTES = (1L << 53) - 1;

    private static final int MAX_SECONDS = 100_000_000;
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,16}");
    private static final Pattern MEDIA_TYPE = Pattern.compile("(video|image)/[A-Za-z0-9.+-]{1,100}");

    private final JsonObject json;

    public FieldReader(JsonObject json) {
        this.json = json;
    }

    public JobId jobId(String field) {
        try {
            return new JobId(text(field));
        } catch (IllegalArgumentException bad) {
            throw new InvalidMessageException("The field '" + field + "' cannot be used: " + bad.getMessage() + ".");
        }
    }

    /** The text of a field that has to be there and must not be empty. */
    public String text(String field) {
        return optionalText(field)
                .orElseThrow(() -> new InvalidMessageException("The field '" + field + "' is missing or empty."));
    }

    /** The same, of at most so many characters. */
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

    /** A text that names something: one line of 1 to 255 characters. */
    public String name(String field) {
        String text = text(field, MAX_NAME);
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidMessageException("The field '" + field + "' has control characters in it.");
        }
        return text;
    }

    /** The MIME type of what we keep in the store, which gives it out again with it; empty when there is none. */
    public String mediaType(String field) {
        String text = optionalText(field).orElse("");
        if (!text.isEmpty() && !MEDIA_TYPE.matcher(text).matches()) {
            throw wrongType(field, "the type of a video or an image");
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

    /** A size in bytes; 0 when it is not given. Producers whose numbers are too small for it send it as text. */
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

    /** A time in seconds; 0 when it is not given. */
    public double seconds(String field) {
        Object value = json.getValue(field);
        if (value == null) {
            return 0;
        }
        if (value instanceof Number number && number.doubleValue() >= 0 && number.doubleValue() <= MAX_SECONDS) {
            return number.doubleValue();
        }
        throw wrongType(field, "a number of seconds from 0 to " + MAX_SECONDS);
    }

    private static long whole(String field, @Nullable Object value, long min, long max) {
        // As a double first: a number that does not fit into a long would come out of it as another one.
        if (value instanceof Number number
                && number.doubleValue() >= min
                && number.doubleValue() <= max
                && number.doubleValue() == Math.rint(number.doubleValue())) {
            return number.longValue();
        }
        throw wrongType(field, "a whole number from " + min + " to " + max);
    }

    /** Refuses the message if one of these fields is there and no text; empty is fine. */
    public void requireStringsIfPresent(String... fields) {
        for (String field : fields) {
            var unused = optionalText(field);
        }
    }

    /** Refuses the message unless all these fields are texts that are not empty. */
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

    public void requireOutputsIfThere(String field) {
        Object value = json.getValue(field);
        if (value == null) {
            return;
        }
        if (!(value instanceof JsonArray array && array.stream().allMatch(JsonObject.class::isInstance))) {
            throw wrongType(field, "an array of objects");
        }
        for (Object item : array) {
            var unused = OutputFile.fromJson(item);
        }
    }

    private static InvalidMessageException wrongType(String field, String wanted) {
        return new InvalidMessageException("The field '" + field + "' is not " + wanted + ".");
    }
}
