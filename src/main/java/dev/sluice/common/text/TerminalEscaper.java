package dev.sluice.common.text;

/** Text from outside as a terminal may have it: nothing in it moves the cursor, hides or turns what stands around it. */
public final class TerminalEscaper {
    private TerminalEscaper() {}

    /** One line: whatever is not plainly visible is written as {@code \\uXXXX}, as JSON may have it inside a text. */
    public static String escape(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(point -> append(plain, point));
        return plain.toString();
    }

    /** Several lines, each as {@link #line}. */
    public static String escapeMultiline(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (point == '\n') {
                plain.append('\n');
            } else {
                append(plain, point);
            }
        });
        return plain.toString();
    }

    /** One line of at most {@code width} characters. */
    public static String escape(String text, int width) {
        String plain = escape(text);
        return plain.length() <= width ? plain : plain.substring(0, Math.max(0, width - 1)) + "…";
    }

    private static void append(StringBuilder plain, int point) {
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
            plain.appendCodePoint(point);
        } else {
            for (char unit : Character.toChars(point)) {
                plain.append(String.format("\\u%04x", (int) unit));
            }
        }
    }
}
