package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.reader.ConfigSection;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Compares the tables of docs/configuration.md, and the JSON Schema, with the code. */
class ConfigurationDocTest {
    private static final Pattern HEADING = Pattern.compile("### `([\\w.]+)`: (.*)");
    private static final Pattern ROW = Pattern.compile(
            "\\| `(?<key>[\\w.]+)` \\| `(?<variable>SLUICE_\\w+)` \\| (?<value>[^|]*) \\|[^|]*\\| (?<range>[^|]*)\\| (?<meaning>[^|]*) \\|");
    private static final Pattern RANGE = Pattern.compile("(?<each>each )?(?<min>-?[\\d.]+) to (?<max>-?[\\d.]+) ");

    private static List<Row> rows = List.of();
    private static Map<String, String> sectionTitles = Map.of();

    record Row(String key, String variable, String value, String range, String meaning) {}

    @BeforeAll
    static void readTables() throws IOException {
        List<Row> found = new ArrayList<>();
        Map<String, String> titles = new HashMap<>();
        String section = "";
        for (String line : Files.readAllLines(Path.of("docs/configuration.md"))) {
            Matcher heading = HEADING.matcher(line);
            Matcher row = ROW.matcher(line);
            if (heading.matches()) {
                section = heading.group(1);
                titles.put(section, heading.group(2));
            } else if (row.matches()) {
                found.add(new Row(
                        section + "." + row.group("key"),
                        row.group("variable"),
                        row.group("value"),
                        row.group("range"),
                        row.group("meaning")));
            }
        }
        rows = found;
        sectionTitles = titles;
    }

    @Test
    void documentsEveryKey() {
        assertThat(rows.stream().map(Row::key)).containsExactlyInAnyOrderElementsOf(Configs.allKeys());
    }

    @Test
    void namesVariableOfEveryKey() {
        assertThat(rows)
                .allSatisfy(row -> assertThat(row.variable()).isEqualTo(ConfigSection.environmentVariable(row.key())));
    }

    @Test
    void documentsDefaults() {
        List<Row> withDefault =
                rows.stream().filter(row -> row.value().matches("`[^`]+`")).toList();

        assertThat(withDefault)
                .allSatisfy(row -> assertThat(Configs.fromEnvironment(
                                row.variable(), row.value().replace("`", "")))
                        .as(row.key())
                        .isEqualTo(Configs.defaults()));
    }

    @Test
    void documentsDefaultUnlessItIsEmptyOrDependsOnOtherValues() {
        assertThat(rows.stream().filter(row -> !row.value().matches("`[^`]+`")).map(Row::key))
                .containsExactlyInAnyOrder(
                        "rabbitmq.passwordFile",
                        "rabbitmq.caFile",
                        "rabbitmq.prefix",
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
                        "media.loudness.target",
                        "backend.jwtSecret",
                        "backend.jwtSecretFile",
                        "backend.jwtPublicKeyFile",
                        "backend.jwtIssuer",
                        "backend.jwtAudience",
                        "backend.corsOrigins",
                        "backend.webhooks",
                        "backend.webhookSecret",
                        "backend.webhookSecretFile",
                        "cluster.secret",
                        "cluster.secretFile",
                        "cluster.host",
                        "cluster.publicHost",
                        "cluster.publicPort",
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
    void documentsRanges() {
        List<Row> withRange =
                rows.stream().filter(row -> !row.range().isEmpty()).toList();

        assertThat(withRange)
                .containsAll(rows.stream()
                        .filter(row -> row.value().matches("`(\\[\\d.*|[\\d.]*\\d)`")
                                && !row.key().endsWith("host"))
                        .toList());
        assertThat(withRange).allSatisfy(row -> {
            Matcher range = RANGE.matcher(row.range());
            assertThat(range.matches()).as(row.range()).isTrue();
            boolean list = range.group("each") != null;
            BigDecimal min = new BigDecimal(range.group("min"));
            BigDecimal max = new BigDecimal(range.group("max"));
            BigDecimal step = new BigDecimal(min.scale() > 0 ? "0.1" : "1");

            assertThat(isInRange(row, min, list)).isTrue();
            assertThat(isInRange(row, max, list)).isTrue();
            assertThat(isInRange(row, min.subtract(step), list)).isFalse();
            assertThat(isInRange(row, max.add(step), list)).isFalse();
        });
    }

    @Test
    void schemaIsUpToDate() throws IOException {
        String expected = ConfigSchema.generate(rows, sectionTitles).encodePrettily() + "\n";

        Path copy = Files.writeString(Path.of("target/sluice.schema.json"), expected);
        assertThat(Path.of("conf/sluice.schema.json"))
                .as("expected content is in %s", copy)
                .hasContent(expected);
    }

    private static boolean isInRange(Row row, BigDecimal value, boolean list) {
        String text = list ? "[" + value + "]" : value.toString();
        return Configs.errors(new JsonObject(), Map.of(row.variable(), text)).stream()
                .noneMatch(error -> error.startsWith(row.key()) && error.contains("must be from"));
    }
}
