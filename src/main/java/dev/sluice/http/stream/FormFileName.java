package dev.sluice.http.stream;

import io.vertx.core.buffer.Buffer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file name of a form's part as the client sent it (RFC 7578, section 4.2; HTML, "multipart/form-data encoding algorithm").
 * The decoder of forms replaces {@code , : = ;} by spaces and does not decode {@code %22}. For use on one event loop.
 */
final class FormFileName {
    /** Longer header lines are not read; then the name of the decoder is used. */
    private static final int MAX_LINE_BYTES = 4 << 10;

    private static final Pattern DISPOSITION = Pattern.compile(
            "^content-disposition:[ \\t]*form-data[ \\t]*(;.*)$", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);
    private static final Pattern PARAMETER =
            Pattern.compile(";[ \\t]*([a-zA-Z*]+)[ \\t]*=[ \\t]*(?:\"((?:[^\"\\\\]++|\\\\.)*+)\"|([^;\\s]*+))");
    private static final Pattern ESCAPED = Pattern.compile("\\\\([\"\\\\])");
    private static final String UTF_8 = "utf-8''";

    private final String field;
    private String tail = "";
    private Optional<String> found = Optional.empty();

    /** @param field name of the part */
    FormFileName(String field) {
        this.field = field;
    }

    /** Reads raw data of the form, which may end anywhere; to be called until the part has begun. */
    void received(Buffer data) {
        if (found.isEmpty()) {
            // Bytes as characters: a character may be split between two buffers.
            String text = tail + data.toString(StandardCharsets.ISO_8859_1);
            found = find(text);
            tail = text.substring(Math.max(0, text.length() - MAX_LINE_BYTES));
        }
    }

    /** The name of the first file of the field that was received; empty if there is none, or its header line is too long. */
    Optional<String> found() {
        return found;
    }

    private Optional<String> find(String text) {
        Matcher dispositions = DISPOSITION.matcher(text);
        while (dispositions.find()) {
            // The line may be incomplete.
            if (dispositions.end() < text.length() && dispositions.end() - dispositions.start() <= MAX_LINE_BYTES) {
                Map<String, String> parameters = parameters(dispositions.group(1));
                Optional<String> name = name(parameters);
                if (field.equals(parameters.get("name")) && name.isPresent()) {
                    return name;
                }
            }
        }
        return Optional.empty();
    }

    private static Map<String, String> parameters(String line) {
        Map<String, String> parameters = new HashMap<>();
        Matcher each = PARAMETER.matcher(line);
        while (each.find()) {
            String quoted = each.group(2);
            String value =
                    quoted == null ? each.group(3) : ESCAPED.matcher(quoted).replaceAll("$1");
            parameters.putIfAbsent(
                    each.group(1).toLowerCase(Locale.ROOT),
                    new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
        }
        return parameters;
    }

    private static Optional<String> name(Map<String, String> parameters) {
        String extended = parameters.get("filename*");
        if (extended != null && extended.toLowerCase(Locale.ROOT).startsWith(UTF_8)) {
            try {
                return Optional.of(URLDecoder.decode(
                        extended.substring(UTF_8.length()).replace("+", "%2B"), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException undecodable) {
                return Optional.empty();
            }
        }
        // Browsers escape exactly these three characters, and no percent sign.
        return Optional.ofNullable(parameters.get("filename"))
                .map(name -> name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"));
    }
}
