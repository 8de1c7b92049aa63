package dev.sluice.common.text;

import java.util.regex.Pattern;

/**
 * Text from outside as it may stand in a line of ours, on a terminal or in a log: without what ends a line, moves the cursor,
 * colours, or turns the direction of reading. {@code logback.xml} has the same list.
 */
public final class TextSanitizer {
    private static final Pattern NON_PRINTABLE =
            Pattern.compile("[\\x00-\\x1F\\x7F-\\x9F\\u061C\\u200E\\u200F\\u2028-\\u202E\\u2066-\\u2069]");

    private TextSanitizer() {}

    public static String singleLine(String text) {
        return NON_PRINTABLE.matcher(text).replaceAll(" ");
    }

    /** As above, cut after {@code longest} characters. */
    public static String singleLine(String text, int longest) {
        String line = singleLine(text.length() > longest ? text.substring(0, longest) : text);
        return text.length() > longest ? line + "…" : line;
    }
}
