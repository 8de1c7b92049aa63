package dev.sluice.config.reader;

import dev.sluice.common.text.TextSanitizer;
import io.vertx.core.json.JsonObject;

/** Formats a value for an error message: without passwords, short, on one line. */
final class Redactor {
    private static final int MAX_LENGTH = 100;

    private Redactor() {}

    /** Empty for a secret; otherwise the value after a space. */
    static String redact(String key, Object value) {
        // The path of a webhook URL is a credential at some receivers.
        if (key.startsWith("password")
                || key.startsWith("secret")
                || key.startsWith("jwtSecret")
                || key.equals("webhooks")
                || key.startsWith("webhookSecret")) {
            return "";
        }
        if (value instanceof JsonObject) {
            return " (an object)";
        }
        String text = String.valueOf(value)
                // An invalid URI may contain a password anywhere before the last @, or in the query.
                .replaceFirst("(?s)^([A-Za-z0-9+.-]*://)?.*@", "$1***@")
                .replaceFirst("(?s)(://[^?]*[?]).*", "$1***")
                .replaceAll("\\p{Cntrl}", "?");
        return " '" + TextSanitizer.singleLine(text, MAX_LENGTH) + "'";
    }
}
