package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ErrorCodeTest {
    private static final Pattern ROW = Pattern.compile("\\| `([a-z_]+)` \\| (\\w+) \\|.*");

    @Test
    void documentsEveryCode() throws IOException {
        Map<String, String> documented;
        try (Stream<String> lines = Files.lines(Path.of("docs/error-codes.md"))) {
            documented = lines.map(ROW::matcher)
                    .filter(java.util.regex.Matcher::matches)
                    .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2), (a, b) -> a, TreeMap::new));
        }

        Map<String, String> codes = Stream.of(ErrorCode.values())
                .collect(Collectors.toMap(ErrorCode::wire, ErrorCodeTest::action, (a, b) -> a, TreeMap::new));

        assertThat(documented).isEqualTo(codes);
    }

    private static String action(ErrorCode code) {
        return code.action().name().toLowerCase(Locale.ROOT);
    }
}
