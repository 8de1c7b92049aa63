package dev.sluice.common.text;

/** Escapes untrusted text for a terminal, so that it cannot move the cursor or hide or reorder other text. */
public final class TerminalEscaper {
    private TerminalEscaper() {}

    /** One line: each invisible character becomes {@code \\uXXXX}, which is valid inside a JSON string. */
    public static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(point -> append(escaped, point));
        return escaped.toString();
    }

    /** As {@link #escape(String)}, but keeps line feeds. */
    public static String escapeMultiline(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (point == '\n') {
                escaped.append('\n');
            } else {
                append(escaped, point);
            }
        });
        return escaped.toString();
    }

    /** As {@link #escape(String)}, truncated to {@code width} characters. */
    public static String escape(String text, int width) {
        String escaped = escape(text);
        return escaped.length() <= width ? escaped : escaped.substring(0, Math.max(0, width - 1)) + "…";
    }

    private static void append(StringBuilder escaped, int point) {
        boolean visible = switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
        if (visible) {
            escaped.appendCodePoint(point);
        } else {
            for (char unit : Character.toChars(point)) {
                escaped.append(String.format("\\u%04x", (int) unit));
            }
        }
    }
}
