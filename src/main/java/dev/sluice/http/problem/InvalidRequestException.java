package dev.sluice.http.problem;

import dev.sluice.common.text.TextSanitizer;
import org.jspecify.annotations.Nullable;

/** A request violates a rule of the API; the message is sent to the client. */
public final class InvalidRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int MAX_VALUE_LENGTH = 100;

    public InvalidRequestException(String message) {
        super(message);
    }

    /**
     * A value violates a rule.
     *
     * @param field with its kind, for example {@code Query parameter 'limit'}
     * @param value as received; null: it is missing
     * @param rule follows "must be"
     */
    public static InvalidRequestException of(String field, @Nullable Object value, String rule) {
        return new InvalidRequestException(
                field + " is " + (value == null ? "missing" : quote(value)) + "; it must be " + rule + ".");
    }

    /** A value of a request for a message: on one line, at most 100 characters. */
    public static String quote(Object value) {
        return "'" + TextSanitizer.singleLine(String.valueOf(value), MAX_VALUE_LENGTH) + "'";
    }
}
