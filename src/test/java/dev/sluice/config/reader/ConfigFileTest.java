package dev.sluice.config.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.config.Configs;
import dev.sluice.config.PostgresConfig;
import dev.sluice.config.S3Config;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.value.InvalidConfigException;
import dev.sluice.config.value.Secret;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {
    @TempDir
    private Path directory;

    @Test
    void shippedFileHasDefaultsExceptS3AndDatabasePassword() {
        SluiceConfig defaults = Configs.defaults();

        SluiceConfig shipped = SluiceConfig.load(Path.of("conf/sluice.json"), Map.of());

        assertThat(shipped)
                .isEqualTo(new SluiceConfig(
                        defaults.rabbitmq(),
                        withPassword(defaults.postgres(), "sluice"),
                        withLocalEndpoint(defaults.s3()),
                        defaults.workspace(),
                        defaults.ffmpeg(),
                        defaults.profiles(),
                        defaults.keys(),
                        defaults.delivery(),
                        defaults.updates(),
                        defaults.backend(),
                        defaults.process(),
                        defaults.consumers()));
    }

    @Test
    void acceptsEmptyObject() throws IOException {
        Path file = Files.writeString(directory.resolve("sluice.json"), "{}");

        assertThat(SluiceConfig.load(file, Map.of())).isEqualTo(Configs.defaults());
    }

    @Test
    void ignoresSchemaReferenceInRootOnly() throws IOException {
        Path root = Files.writeString(directory.resolve("root.json"), "{\"$schema\": \"./sluice.schema.json\"}");
        Path section = Files.writeString(directory.resolve("section.json"), "{\"s3\": {\"$schema\": \"x\"}}");

        assertThat(SluiceConfig.load(root, Map.of())).isEqualTo(Configs.defaults());
        assertThat(errors(section)).isEqualTo("s3.$schema: unknown key");
    }

    @Test
    void treatsNullAsNotSet() {
        JsonObject json = new JsonObject().putNull("s3").put("ffmpeg", new JsonObject().putNull("ffmpeg"));

        assertThat(SluiceConfig.read(json, Map.of())).isEqualTo(Configs.defaults());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[1]", "null", "\"text\"", "7"})
    void rejectsNonObjectRoot(String content) throws IOException {
        Path file = Files.writeString(directory.resolve("sluice.json"), content);

        assertThat(errors(file)).startsWith(file + ": is not a JSON object");
    }

    @Test
    void reportsLocationOfSyntaxError() throws IOException {
        Path file = Files.writeString(directory.resolve("sluice.json"), "{\n  \"s3\": {},\n}");

        assertThat(errors(file)).isEqualTo(file + ": is not a JSON object (line 3, column 1)");
    }

    @Test
    void rejectsMissingFile() {
        Path file = directory.resolve("none.json");

        assertThat(errors(file)).isEqualTo(file + ": cannot be read (file not found)");
    }

    @Test
    void rejectsDirectory() {
        assertThat(errors(directory)).isEqualTo(directory + ": cannot be read (is a directory)");
    }

    @Test
    void rejectsInvalidUtf8() throws IOException {
        Path file = Files.write(directory.resolve("sluice.json"), new byte[] {'{', (byte) 0xFC, '}'});

        assertThat(errors(file)).isEqualTo(file + ": is not UTF-8 text");
    }

    private static String errors(Path file) {
        InvalidConfigException invalid =
                catchThrowableOfType(InvalidConfigException.class, () -> SluiceConfig.load(file, Map.of()));
        return String.join("\n", invalid.errors());
    }

    private static PostgresConfig withPassword(PostgresConfig config, String password) {
        return new PostgresConfig(
                config.uri(),
                config.sslMode(),
                config.caFile(),
                config.user(),
                new Secret(password),
                config.poolSize(),
                config.jobTable(),
                config.mediaTable(),
                config.mediaOwnerColumn());
    }

    private static S3Config withLocalEndpoint(S3Config config) {
        return new S3Config(
                Optional.of(URI.create("http://localhost:9000")),
                Optional.empty(),
                Optional.empty(),
                config.region(),
                config.bucket(),
                Optional.of("sluice"),
                Optional.of(new Secret("sluice-secret")),
                true,
                config.partSize(),
                config.parallelism(),
                config.timeout(),
                config.expectContinue());
    }
}
