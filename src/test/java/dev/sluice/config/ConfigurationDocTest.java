package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.reader.ConfigSection;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The tables of the README say what the code does. */
class ConfigurationDocTest {
    private static final Pattern HEADING = Pattern.compile("### `([\\w.]+)`.*");
    private static final Pattern ROW = Pattern.compile(
            "\\| `(?<key>[\\w.]+)` \\| `(?<variable>SLUICE_\\w+)` \\| (?<value>[^|]*) \\|[^|]*\\| (?<range>[^|]*)\\|[^|]*\\|");
    private static final Pattern RANGE = Pattern.compile("(?<each>each )?(?<least>[\\d.]+) to (?<most>[\\d.]+) ");

    private static List<Row> rows = List.of();

    private record Row(String key, String variable, String value, String range) {}

    @BeforeAll
    static void readTheTables() throws IOException {
        List<Row> found = new ArrayList<>();
        String section = "";
        for (String line : Files.readAllLines(Path.of("docs/configuration.md"))) {
            Matcher heading = HEADING.matcher(line);
            Matcher row = ROW.matcher(line);
            if (heading.matches()) {
                section = heading.group(1);
            } else if (row.matches()) {
                found.add(new Row(
                        section + "." + row.group("key"),
                        row.group("variable"),
                        row.group("value"),
                        row.group("range")));
            }
        }
        rows = found;
    }

    @Test
    void everyKeyHasItsRow() {
        assertThat(rows.stream().map(Row::key)).containsExactlyInAnyOrderElementsOf(Configs.allKeys());
    }

    @Test
    void everyVariableIsTheKeys() {
        assertThat(rows)
                .allSatisfy(row -> assertThat(row.variable()).isEqualTo(ConfigSection.environmentVariable(row.key())));
    }

    @Test
    void settingADefaultChangesNothing() {
        List<Row> withDefault =
                rows.stream().filter(row -> row.value().matches("`[^`]+`")).toList();

        assertThat(withDefault)
                .allSatisfy(row -> assertThat(Configs.fromEnvironment(
                                row.variable(), row.value().replace("`", "")))
                        .as(row.key())
                        .isEqualTo(Configs.defaults()));
    }

    @Test
    void onlyWhatHasNoPlainDefaultGoesWithoutOne() {
        assertThat(rows.stream().filter(row -> !row.value().matches("`[^`]+`")).map(Row::key))
                .containsExactlyInAnyOrder(
                        "rabbitmq.passwordFile",
                        "rabbitmq.caFile",
                        "postgres.caFile",
                        "s3.caFile",
                        "postgres.password",
                        "postgres.passwordFile",
                        "s3.endpoint",
                        "s3.publicEndpoint",
                        "s3.accessKey",
                        "s3.secretKey",
                        "s3.secretKeyFile",
                        "s3.pathStyle",
                        "ffmpeg.ffmpeg",
                        "ffmpeg.ffprobe",
                        "media.ladder",
                        "backend.jwtSecret",
                        "backend.jwtSecretFile",
                        "backend.jwtPublicKeyFile",
                        "backend.jwtIssuer",
                        "backend.jwtAudience",
                        "backend.corsOrigins",
                        "backend.webhooks",
                        "backend.webhookSecret",
                        "backend.webhookSecretFile",
                        "cluster.host",
                        "cluster.members",
                        "stages.processing.concurrency",
                        "stages.segment.concurrency",
                        "stages.segment.maxAttempts",
                        "stages.segment.backoffSeconds",
                        "stages.join.maxAttempts",
                        "stages.join.backoffSeconds",
                        "stages.download.maxAttempts",
                        "stages.download.backoffSeconds",
                        "stages.processing.maxAttempts",
                        "stages.processing.backoffSeconds",
                        "stages.upload.maxAttempts",
                        "stages.upload.backoffSeconds");
    }

    @Test
    void rangesEndWhereTheTableSays() {
        List<Row> withRange =
                rows.stream().filter(row -> !row.range().isEmpty()).toList();

        assertThat(withRange)
                .containsAll(rows.stream()
                        .filter(row -> row.value().matches("`(\\[.*|[\\d.]*\\d)`")
                                && !row.key().endsWith("host"))
                        .toList());
        assertThat(withRange).allSatisfy(row -> {
            Matcher range = RANGE.matcher(row.range());
            assertThat(range.matches()).as(row.range()).isTrue();
            boolean list = range.group("each") != null;
            BigDecimal min = new BigDecimal(range.group("least"));
            BigDecimal max = new BigDecimal(range.group("most"));
            BigDecimal step = new BigDecimal(min.scale() > 0 ? "0.1" : "1");

            assertThat(isInRange(row, min, list)).isTrue();
            assertThat(isInRange(row, max, list)).isTrue();
            assertThat(isInRange(row, min.subtract(step), list)).isFalse();
            assertThat(isInRange(row, max.add(step), list)).isFalse();
        });
    }

    private static boolean isInRange(Row row, BigDecimal value, boolean list) {
        String text = list ? "[" + value + "]" : value.toString();
        return Configs.complaints(new JsonObject(), Map.of(row.variable(), text)).stream()
                .noneMatch(complaint -> complaint.startsWith(row.key()) && complaint.contains("must be from"));
    }
}
