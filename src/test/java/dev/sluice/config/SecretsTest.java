package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.config.value.InvalidConfigException;
import dev.sluice.config.value.Secret;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    @TempDir
    private Path directory;

    @Test
    void readsSecretFromFileWithoutTrailingNewline() throws IOException {
        Path file = Files.writeString(directory.resolve("secret"), "hunter2\n");

        SluiceConfig config = SluiceConfig.read(
                Configs.section("rabbitmq", "passwordFile", file.toString()),
                Map.of(
                        "SLUICE_POSTGRES_PASSWORD_FILE", file.toString(),
                        "SLUICE_S3_ACCESS_KEY", "key",
                        "SLUICE_S3_SECRET_KEY_FILE", file.toString()));

        assertThat(config.rabbitmq().password()).isEqualTo(new Secret("hunter2"));
        assertThat(config.postgres().password()).isEqualTo(new Secret("hunter2"));
        assertThat(config.s3().secretKey()).contains(new Secret("hunter2"));
    }

    @Test
    void fileVariableOverridesPasswordOfFile() throws IOException {
        Path file = Files.writeString(directory.resolve("secret"), "hunter2");

        SluiceConfig config = SluiceConfig.read(
                Configs.section("rabbitmq", "password", "guest"),
                Map.of("SLUICE_RABBITMQ_PASSWORD_FILE", file.toString()));

        assertThat(config.rabbitmq().password()).isEqualTo(new Secret("hunter2"));
    }

    @Test
    void rejectsSecretAndSecretFileTogether() throws IOException {
        Path file = Files.writeString(directory.resolve("secret"), "hunter2");
        JsonObject json = new JsonObject()
                .put("postgres", new JsonObject().put("password", "hunter3").put("passwordFile", file.toString()));

        List<String> errors = Configs.errors(json, Map.of());

        assertThat(errors).containsExactly("postgres.password: cannot be combined with passwordFile");
    }

    @Test
    void rejectsMissingOrEmptySecretFile() throws IOException {
        Path empty = Files.writeString(directory.resolve("empty"), "\n");
        JsonObject json = new JsonObject()
                .put(
                        "rabbitmq",
                        new JsonObject()
                                .put("passwordFile", directory.resolve("none").toString()))
                .put("postgres", new JsonObject().put("passwordFile", empty.toString()))
                .put("s3", new JsonObject().put("accessKey", "key").put("secretKeyFile", "hunter2\0"));

        List<String> errors = Configs.errors(json, Map.of());

        assertThat(errors)
                .containsExactly(
                        "postgres.passwordFile: invalid value: the file is empty",
                        "rabbitmq.passwordFile: invalid value: the file cannot be read",
                        "s3.secretKeyFile: invalid value: must be a path");
    }

    @Test
    void recordsDoNotPrintSecrets() {
        JsonObject json = Configs.fixture("every-key.json");
        json.getJsonObject("postgres").remove("password");
        json.getJsonObject("postgres").put("uri", "postgresql://ann:hunter2@db.test/video?sslmode=require");

        String printed = SluiceConfig.read(json, Map.of()).toString();

        assertThat(printed)
                .contains("broker.test", "db.test", "s3.test", "***")
                .doesNotContain("broker-pw", "store-pw", "token-pw", "hook-pw", "path-pw", "cluster-pw", "hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "amqp://ann:hunter2@broker_1:5672/",
                "amqp://ann:hunter2@broker.test:70000/",
                "amqp://ann:hun@ter2@broker.test/",
                "amqp://ann:hun/ter2@broker.test/",
                "amqp://ann:hun ter2@broker.test/",
                "amqp://ann:hun%ter2@broker.test/",
                "amqp://ann:hun#ter2@broker.test/",
                "amqp:/ann:hunter2@broker.test/",
                "ann:hunter2@broker.test",
                "http://ann:hunter2@broker.test/",
                "amqp://broker.test/?password=hunter2",
                "amqp://broker.test/?%70assword=hunter2",
                "amqp://broker.test/?a=b&sslPassword=hunter2",
                "amqp://ann:\nhunter2@broker.test/"
            })
    void redactsInvalidUri(String uri) {
        List<String> inFile = Configs.errors(Configs.section("rabbitmq", "uri", uri), Map.of());
        List<String> inEnvironment = Configs.errors(new JsonObject(), Map.of("SLUICE_RABBITMQ_URI", uri));
        List<String> inS3 = Configs.errors(Configs.section("s3", "endpoint", uri), Map.of());

        assertThat(inFile).hasSize(1);
        assertThat(inEnvironment).hasSize(1);
        assertThat(inS3).hasSize(1);
        assertThat(inFile.get(0) + inEnvironment.get(0) + inS3.get(0))
                .contains("rabbitmq.uri: invalid value", "s3.endpoint: invalid value")
                .doesNotContain("ter2", "hun", "\n");
    }

    @Test
    void redactsInvalidSecret() {
        JsonObject json = Configs.section("rabbitmq", "password", 47114711);

        assertThat(Configs.errors(json, Map.of()))
                .containsExactly("rabbitmq.password: invalid value: must be a non-empty string");
    }

    @Test
    void redactsSecretWithoutQuotes() throws IOException {
        Path file = Files.writeString(directory.resolve("sluice.json"), "{\"rabbitmq\": {\n  \"password\": hunter2}}");

        InvalidConfigException invalid =
                catchThrowableOfType(InvalidConfigException.class, () -> SluiceConfig.load(file, Map.of()));

        assertThat(invalid).hasMessage(file + ": is not a JSON object (line 2, column 15)");
    }
}
