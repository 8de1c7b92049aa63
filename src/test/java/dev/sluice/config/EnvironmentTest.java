package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.MediaConfig.Rung;
import dev.sluice.config.RabbitMqConfig.QueueMode;
import dev.sluice.config.reader.ConfigSection;
import dev.sluice.config.value.Secret;
import dev.sluice.job.StageName;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentTest {

    @Test
    void readsEveryKeyFromEnvironment() {
        Map<String, String> environment = new HashMap<>();
        Configs.flat(Configs.fixture("every-key.json"))
                .forEach((key, value) -> environment.put(ConfigSection.environmentVariable(key), value));

        SluiceConfig config = SluiceConfig.read(new JsonObject(), environment);

        assertThat(config).isEqualTo(Configs.everyKeySet());
    }

    @Test
    void overridesFileForKeysOfEveryType() {
        Map<String, String> environment = Map.of(
                "SLUICE_RABBITMQ_QUEUE_MODE", "passive",
                "SLUICE_POSTGRES_PASSWORD", "[from the environment",
                "SLUICE_S3_BUCKET", "other",
                "SLUICE_S3_PATH_STYLE", "true",
                "SLUICE_S3_PART_SIZE_MIB", "32",
                "SLUICE_WORKSPACE_DIRECTORY", "/mnt/work",
                "SLUICE_MEDIA_LADDER", "[{\"quality\":\"sd\",\"shortSide\":480,\"maxKbps\":1000}]",
                "SLUICE_DELIVERY_BACKOFF_SECONDS", "[1, 2.5]",
                "SLUICE_UPDATES_PROGRESS_INTERVAL_SECONDS", "0.5",
                "SLUICE_STAGES_UPLOAD_INSTANCES", "4");

        SluiceConfig config = SluiceConfig.read(Configs.fixture("every-key.json"), environment);

        assertThat(config.rabbitmq().queueMode()).isEqualTo(QueueMode.PASSIVE);
        assertThat(config.postgres().password()).isEqualTo(new Secret("[from the environment"));
        assertThat(config.s3().bucket()).isEqualTo("other");
        assertThat(config.s3().pathStyle()).isTrue();
        assertThat(config.s3().partSize()).isEqualTo(32L * 1024 * 1024);
        assertThat(config.workspace().directory())
                .isEqualTo(Path.of("/mnt/work").toAbsolutePath());
        assertThat(config.media().ladder()).containsExactly(new Rung("sd", 480, 1_000_000));
        assertThat(config.delivery().retries().delays())
                .isEqualTo(List.of(Duration.ofSeconds(1), Duration.ofMillis(2500)));
        assertThat(config.updates().progressInterval()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.stage(StageName.UPLOAD))
                .isEqualTo(new StageConfig(
                        4, 5, new RetryConfig(8, List.of(Duration.ofSeconds(1), Duration.ofSeconds(10)))));
    }

    @Test
    void ignoresEmptyVariable() {
        SluiceConfig config =
                SluiceConfig.read(Configs.section("s3", "bucket", "kept"), Map.of("SLUICE_S3_BUCKET", ""));

        assertThat(config.s3().bucket()).isEqualTo("kept");
    }

    @Test
    void uriVariableOverridesUserAndPasswordOfFile() {
        SluiceConfig config = SluiceConfig.read(
                Configs.fixture("every-key.json"),
                Map.of("SLUICE_RABBITMQ_URI", "amqps://ann:p%40ss%2F+word@other.test/live"));

        assertThat(config.rabbitmq().uri()).isEqualTo("amqps://other.test/live");
        assertThat(config.rabbitmq().user()).isEqualTo("ann");
        assertThat(config.rabbitmq().password()).isEqualTo(new Secret("p@ss/+word"));
    }

    @Test
    void uriVariableWithoutCredentialsKeepsThoseOfFile() {
        SluiceConfig config = SluiceConfig.read(
                Configs.fixture("every-key.json"), Map.of("SLUICE_RABBITMQ_URI", "amqps://other.test/"));

        assertThat(config.rabbitmq().user()).isEqualTo("video");
        assertThat(config.rabbitmq().password()).isEqualTo(new Secret("broker-pw"));
    }

    @Test
    void userAndPasswordVariablesOverrideUri() {
        SluiceConfig config = SluiceConfig.read(
                new JsonObject(),
                Map.of(
                        "SLUICE_POSTGRES_URI", "postgresql://ann:old@db.test/video",
                        "SLUICE_POSTGRES_USER", "bob",
                        "SLUICE_POSTGRES_PASSWORD", "new"));

        assertThat(config.postgres().user()).isEqualTo("bob");
        assertThat(config.postgres().password()).isEqualTo(new Secret("new"));
    }

    @Test
    void errorNamesVariable() {
        List<String> errors = Configs.errors(new JsonObject(), Map.of("SLUICE_DELIVERY_MAX_ATTEMPTS", "many"));

        assertThat(errors)
                .containsExactly("delivery.maxAttempts: invalid value 'many' of SLUICE_DELIVERY_MAX_ATTEMPTS:"
                        + " must be an integer");
    }

    @Test
    void reportsInvalidListOnce() {
        List<String> errors = Configs.errors(new JsonObject(), Map.of("SLUICE_DELIVERY_BACKOFF_SECONDS", "[5, 30"));

        assertThat(errors)
                .containsExactly("delivery.backoffSeconds: invalid value '[5, 30' of SLUICE_DELIVERY_BACKOFF_SECONDS:"
                        + " must be a JSON list of seconds");
    }

    @Test
    void reportsUnknownEnvironmentVariable() {
        List<String> errors = Configs.errors(new JsonObject(), Map.of("SLUICE_RABITMQ_URI", "amqp://a:hunter2@b/"));

        assertThat(errors).containsExactly("SLUICE_RABITMQ_URI: unknown variable; did you mean SLUICE_RABBITMQ_URI?");
    }

    @Test
    void ignoresVariablesOfOtherSoftware() {
        Map<String, String> other = Map.of(
                "SLUICE_PORT", "tcp://10.0.0.1:80",
                "SLUICE_SERVICE_HOST", "10.0.0.1",
                "SLUICE_RABBITMQ_PORT", "tcp://10.0.0.2:5672",
                "SLUICE_S3_SERVICE_PORT", "9000",
                "SLUICE_LOG_LEVEL", "DEBUG");

        assertThat(SluiceConfig.read(new JsonObject(), other)).isEqualTo(Configs.defaults());
    }
}
