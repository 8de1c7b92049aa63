package dev.sluice.http.stream;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the name of a file from the received bytes of a form, because the decoder of the form replaces {@code , : = ;} in names.
 * Names are encoded as RFC 7578 and the WHATWG HTML standard (multipart/form-data encoding) define.
 */
final class FormFilename {
    /** Longer than the headers of a part, which the decoder limits. */
    private static final int MAX_BYTES = 64 << 10;

    private static final Pattern BOUNDARY = Pattern.compile("(?i);\\s*boundary=(?:\"([^\"]+)\"|([^;\\s]+))");
    private static final Pattern NAME = Pattern.compile("(?i);\\s*name=(?:\"([^\"]*)\"|([^;\\s]*))");
    /** {@code \"} is a quote in names sent by old clients; another backslash is part of the name. */
    private static final Pattern FILENAME =
            Pattern.compile("(?i);\\s*filename=(?:\"((?:\\\\\"(?!\\s*(?:;\\s*[a-z*]+=|$))|[^\"])*)\"|([^;\\s]*))");

    private final String delimiter;
    private String received = "";
    private boolean done;

    /** @param contentType of the request */
    FormFilename(String contentType) {
        this.delimiter = "--" + group(BOUNDARY, contentType).orElse("") + "\r\n";
    }

    /** Adds received bytes. Only the last are kept: those before the file may be other fields of any size. */
    void append(Buffer bytes) {
        if (!done) {
            String all = received + bytes.toString(StandardCharsets.ISO_8859_1);
            received = all.substring(Math.max(0, all.length() - bytes.length() - MAX_BYTES));
        }
    }

    /** The name of the first file of this field; no more bytes are needed. Empty if it is not found. */
    Optional<String> find(String field) {
        done = true;
        for (int at = received.indexOf(delimiter); at >= 0; at = received.indexOf(delimiter, at + 1)) {
            int start = at + delimiter.length();
            int end = received.indexOf("\r\n\r\n", start);
            Optional<String> name = received.substring(start, end < 0 ? received.length() : end)
                    .lines()
                    .filter(line -> line.regionMatches(true, 0, "Content-Disposition:", 0, 20))
                    .filter(line -> group(NAME, line).filter(field::equals).isPresent())
                    .findFirst()
                    .flatMap(line -> group(FILENAME, line));
            if (name.isPresent()) {
                received = "";
                return name.map(FormFilename::decode);
            }
        }
        return Optional.empty();
    }

    private static String decode(String name) {
        return new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
                .replace("\\\"", "\"")
                .replace("%22", "\"")
                .replaceAll("(?i)%0D", "\r")
                .replaceAll("(?i)%0A", "\n");
    }

    private static Optional<String> group(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find()
                ? Optional.of(matcher.group(1) == null ? matcher.group(2) : matcher.group(1))
                : Optional.empty();
    }
}
