package dev.sluice.config.reader;

import dev.sluice.common.text.TextSanitizer;
import io.vertx.core.json.JsonObject;

/** How a value looks in a complaint: never with a password in it, never long, never over two lines. */
final class Redactor {
    private static final int LONGEST = 100;

    private Redactor() {}

    static String redact(String key, Object value) {
        // The path of a webhook's address lets one in at some receivers.
        if (key.startsWith("password")
                || key.startsWith("secretKey")
                || key.startsWith("jwtSecret")
                || key.equals("webhooks")
                || key.startsWith("webhookSecret")) {
            return "the given value";
        }
        if (value instanceof JsonObject) {
            return "an object";
        }
        String text = String.valueOf(value)
                // A wrong address may have its password anywhere before the last @, or among the parameters.
                .replaceFirst("(?s)^([A-Za-z0-9+.-]*://)?.*@", "$1***@")
                .replaceFirst("(?s)(://[^?]*[?]).*", "$1***")
                .replaceAll("\\p{Cntrl}", "?");
        return "'" + TextSanitizer.singleLine(text, LONGEST) + "'";
    }
}
