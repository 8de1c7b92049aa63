package dev.sluice.common.text;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Formats the key-value pairs of a log line, for {@code logback.xml}. Logback's own converter ({@code %kvp}) does not escape
 * quotation marks, so that a value could forge another key.
 */
public final class KeyValuePairsConverter extends ClassicConverter {
    @Override
    public String convert(ILoggingEvent event) {
        @Nullable List<KeyValuePair> pairs = event.getKeyValuePairs();
        return pairs == null
                ? ""
                : pairs.stream().map(KeyValuePairsConverter::format).collect(Collectors.joining(" "));
    }

    private static String format(KeyValuePair pair) {
        String value = TextSanitizer.singleLine(String.valueOf(pair.value));
        return pair.key + "=\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
