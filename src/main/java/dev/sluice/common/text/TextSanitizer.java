package dev.sluice.common.text;

import java.util.regex.Pattern;

/**
 * Makes untrusted text safe for one line of a log or terminal: line ends, other control characters and bidirectional controls
 * become spaces. {@code logback.xml} has the same list.
 */
public final class TextSanitizer {
    private static final Pattern NON_PRINTABLE =
            Pattern.compile("[\\x00-\\x1F\\x7F-\\x9F\\u061C\\u200E\\u200F\\u2028-\\u202E\\u2066-\\u2069]");

    private TextSanitizer() {}

    public static String singleLine(String text) {
        return NON_PRINTABLE.matcher(text).replaceAll(" ");
    }

    /** As above, truncated after {@code maxLength} characters. */
    public static String singleLine(String text, int maxLength) {
        String line = singleLine(text.length() > maxLength ? text.substring(0, maxLength) : text);
        return text.length() > maxLength ? line + "…" : line;
    }
}
