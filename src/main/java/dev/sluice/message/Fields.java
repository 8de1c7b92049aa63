package dev.sluice.message;

import dev.sluice.job.JobId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** Reads fields of a message from outside; what breaks a rule is named in {@link InvalidMessage}. */
final class Fields {
    private final JsonObject json;

    Fields(JsonObject json) {
        this.json = json;
    }

    JobId jobId(String field) {
        try {
            return new JobId(text(field));
        } catch (IllegalArgumentException bad) {
            throw new InvalidMessage("The field '" + field + "' cannot be used: " + bad.getMessage() + ".");
        }
    }

    /** The text of a field that has to be there and must not be empty. */
    String text(String field) {
        return optionalText(field)
                .orElseThrow(() -> new InvalidMessage("The field '" + field + "' is missing or empty."));
    }

    Optional<String> optionalText(String field) {
        Object value = json.getValue(field);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof String text) {
            return text.isBlank() ? Optional.empty() : Optional.of(text);
        }
        throw wrongType(field, "a string");
    }

    int integer(String field, int least, int most) {
        if (json.getValue(field) instanceof Number number) {
            int value = number.intValue();
            if (value >= least && value <= most) {
                return value;
            }
        }
        throw wrongType(field, "a number from " + least + " to " + most);
    }

    /** Refuses the message unless all these fields are texts that are not empty. */
    void require(String... fields) {
        for (String field : fields) {
            var unused = text(field);
        }
    }

    void requireObjectIfThere(String field) {
        Object value = json.getValue(field);
        if (value != null && !(value instanceof JsonObject)) {
            throw wrongType(field, "an object");
        }
    }

    void requireOutputsIfThere(String field) {
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

    private static InvalidMessage wrongType(String field, String wanted) {
        return new InvalidMessage("The field '" + field + "' is not " + wanted + ".");
    }
}
