package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.DeliveryConfig.FailurePause;
import dev.sluice.config.FfmpegConfig.SandboxMode;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.config.MediaConfig.Rung;
import dev.sluice.config.RabbitMqConfig.QueueMode;
import dev.sluice.config.value.Secret;
import dev.sluice.config.value.SslMode;
import dev.sluice.job.StageName;
import dev.sluice.webhook.AddressPolicy;
import dev.sluice.webhook.WebhookEvent;
import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Each section with the defaults, and with every key set to another value. */
class SectionsTest {
    private static final RetryConfig DEFAULT_RETRIES = new RetryConfig(
            5, List.of(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(10)));

    private static final Path HOME = Path.of(System.getProperty("user.home"));

    @Test
    void rabbitmqDefaults() {
        assertThat(Configs.defaults().rabbitmq())
                .isEqualTo(new RabbitMqConfig(
                        "amqp://localhost:5672/",
                        "guest",
                        new Secret("guest"),
                        Optional.empty(),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        QueueMode.CLASSIC,
                        ""));
    }

    @Test
    void rabbitmqWithEveryKey() {
        assertThat(Configs.everyKeySet().rabbitmq())
                .isEqualTo(new RabbitMqConfig(
                        "amqps://broker.test:5671/media",
                        "video",
                        new Secret("broker-pw"),
                        Optional.of(Configs.caFile()),
                        Duration.ZERO,
                        Duration.ofMillis(2500),
                        Duration.ofSeconds(20),
                        QueueMode.QUORUM,
                        "site-a."));
        assertThat(Configs.errors(
                        new JsonObject().put("rabbitmq", new JsonObject().put("prefix", "amq.site")), Map.of()))
                .containsExactly(
                        "rabbitmq.prefix: must have at most 64 letters, digits, '.', '_' or '-', and not begin with"
                                + " 'amq.'");
    }

    @Test
    void postgresDefaults() {
        assertThat(Configs.defaults().postgres())
                .isEqualTo(new PostgresConfig(
                        "postgresql://localhost:5432/sluice",
                        SslMode.PREFER,
                        Optional.empty(),
                        "sluice",
                        new Secret(""),
                        8,
                        "VideoProcessingJob",
                        "media",
                        "userId"));
    }

    @Test
    void postgresWithEveryKey() {
        assertThat(Configs.everyKeySet().postgres())
                .isEqualTo(new PostgresConfig(
                        "postgresql://db.test:5433/video?sslmode=verify-full",
                        SslMode.VERIFY_FULL,
                        Optional.of(Configs.caFile()),
                        "video",
                        new Secret("db-pw"),
                        20,
                        "public.Job",
                        "public.Media",
                        "ownerId"));
    }

    @Test
    void s3Defaults() {
        assertThat(Configs.defaults().s3())
                .isEqualTo(new S3Config(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        "us-east-1",
                        "media",
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        8L * 1024 * 1024,
                        4,
                        Duration.ofSeconds(60),
                        true));
    }

    @Test
    void s3WithEveryKey() {
        assertThat(Configs.everyKeySet().s3())
                .isEqualTo(new S3Config(
                        Optional.of(URI.create("https://s3.test:9000")),
                        Optional.of(URI.create("https://media.test")),
                        Optional.of(Configs.caFile()),
                        "eu-central-1",
                        "video",
                        Optional.of("key"),
                        Optional.of(new Secret("store-pw")),
                        false,
                        16L * 1024 * 1024,
                        8,
                        Duration.ofSeconds(30),
                        false));
    }

    @Test
    void pathStyleIsDefaultWithEndpoint() {
        S3Config s3 = Configs.fromEnvironment("SLUICE_S3_ENDPOINT", "http://localhost:9000")
                .s3();

        assertThat(s3.pathStyle()).isTrue();
    }

    @Test
    void workspace() {
        assertThat(Configs.defaults().workspace())
                .isEqualTo(new WorkspaceConfig(
                        WorkspaceConfig.Mode.LOCAL,
                        HOME.resolve(".sluice/work"),
                        512L << 20,
                        50L << 30,
                        Duration.ofSeconds(60)));
        assertThat(Configs.everyKeySet().workspace())
                .isEqualTo(new WorkspaceConfig(
                        WorkspaceConfig.Mode.OBJECT_STORE,
                        absolute("/srv/work"),
                        100L << 20,
                        2L << 30,
                        Duration.ofSeconds(5)));
    }

    @Test
    void ffmpegDefaults() {
        assertThat(Configs.defaults().ffmpeg())
                .isEqualTo(new FfmpegConfig(
                        Optional.empty(),
                        Optional.empty(),
                        HOME.resolve(".sluice/ffmpeg"),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(60),
                        Duration.ofDays(1),
                        SandboxMode.AUTO,
                        16L << 30));
    }

    @Test
    void ffmpegWithEveryKey() {
        assertThat(Configs.everyKeySet().ffmpeg())
                .isEqualTo(new FfmpegConfig(
                        Optional.of(absolute("/opt/ffmpeg")),
                        Optional.of(absolute("/opt/ffprobe")),
                        absolute("/srv/cache"),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(15),
                        Duration.ofHours(2),
                        SandboxMode.REQUIRED,
                        4L << 30));
    }

    @Test
    void mediaDefaults() {
        assertThat(Configs.defaults().media())
                .isEqualTo(new MediaConfig(
                        List.of(
                                new Rung("360p", 360, 800_000),
                                new Rung("540p", 540, 1_500_000),
                                new Rung("720p", 720, 2_500_000)),
                        new MediaConfig.X264("medium", 23),
                        128_000,
                        Duration.ofSeconds(2),
                        Set.of(MediaConfig.Codec.H264),
                        new MediaConfig.Thumbnails(Duration.ofSeconds(15), 320),
                        MediaConfig.Streaming.HLS,
                        new MediaConfig.Growing(false, Duration.ofHours(1)),
                        new MediaConfig.Preview(true, true, false),
                        OptionalDouble.empty(),
                        new MediaConfig.Published(true, true),
                        new Limits(20L * 1024 * 1024 * 1024, Duration.ofHours(12), 8192L * 4320, 64, 20L << 30)));
    }

    @Test
    void mediaWithEveryKey() {
        assertThat(Configs.everyKeySet().media())
                .isEqualTo(new MediaConfig(
                        List.of(new Rung("240p", 240, 400_000), new Rung("1080p", 1080, 5_000_000)),
                        new MediaConfig.X264("fast", 20, true, MediaConfig.Effort.PRESET),
                        96_000,
                        Duration.ofSeconds(4),
                        Set.of(MediaConfig.Codec.values()),
                        new MediaConfig.Thumbnails(Duration.ofSeconds(5), 160),
                        MediaConfig.Streaming.HLS_DASH,
                        new MediaConfig.Growing(true, Duration.ofMinutes(10)),
                        new MediaConfig.Preview(false, false, true),
                        OptionalDouble.of(-16.5),
                        new MediaConfig.Published(true, false),
                        new Limits(1024L * 1024 * 1024, Duration.ofMinutes(10), 1920L * 1080, 8, 512L << 20)));
    }

    @Test
    void keys() {
        assertThat(Configs.defaults().keys())
                .isEqualTo(new KeysConfig(
                        "videos/{mediaId}_{quality}.mp4",
                        "thumbnails/{mediaId}_{n}.jpg",
                        "streams/{mediaId}/{name}",
                        "sluice-staging/"));
        assertThat(Configs.everyKeySet().keys())
                .isEqualTo(new KeysConfig("v/{quality}/{mediaId}", "t/{mediaId}/{n}", "p/{name}/{mediaId}", "s/tmp/"));
    }

    @Test
    void delivery() {
        assertThat(Configs.defaults().delivery())
                .isEqualTo(new DeliveryConfig(
                        Duration.ofSeconds(12),
                        Duration.ofSeconds(4),
                        DEFAULT_RETRIES,
                        Duration.ofMinutes(15),
                        false,
                        Duration.ofMinutes(2),
                        64,
                        new FailurePause(5, Duration.ofMinutes(1))));
        assertThat(Configs.everyKeySet().delivery())
                .isEqualTo(new DeliveryConfig(
                        Duration.ofSeconds(30),
                        Duration.ofMillis(500),
                        new RetryConfig(3, List.of(Duration.ZERO, Duration.ofMillis(1500))),
                        Duration.ofSeconds(90),
                        true,
                        Duration.ofSeconds(60),
                        8,
                        new FailurePause(3, Duration.ofMillis(1500))));
    }

    @Test
    void updates() {
        assertThat(Configs.defaults().updates())
                .isEqualTo(new UpdatesConfig(
                        Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(10)));
        assertThat(Configs.everyKeySet().updates())
                .isEqualTo(new UpdatesConfig(
                        Duration.ofMillis(250),
                        Duration.ofSeconds(5),
                        Duration.ofMillis(1500),
                        Duration.ofSeconds(30)));
    }

    @Test
    void backend() {
        assertThat(Configs.defaults().backend())
                .isEqualTo(new BackendConfig(
                        false,
                        "127.0.0.1",
                        8080,
                        BackendConfig.Auth.JWT,
                        new BackendConfig.Tokens(
                                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), "admin"),
                        new BackendConfig.RequestLimits(
                                64 << 10,
                                8 << 20,
                                50,
                                Duration.ofSeconds(10),
                                new BackendConfig.ConnectionLimits(1000, 100),
                                new BackendConfig.UploadPace(4 << 10, Duration.ofSeconds(20))),
                        List.of(),
                        true,
                        new BackendConfig.Uploads(4, Duration.ofDays(1), 1L << 30),
                        new BackendConfig.UserQuotas(200, 200L << 30, 3, 64 << 20, 50, 10_000, 1000, 20_000),
                        Duration.ofHours(1),
                        new WebhooksConfig(
                                List.of(),
                                Optional.empty(),
                                new AddressPolicy(false),
                                List.of(
                                        Duration.ofSeconds(5),
                                        Duration.ofSeconds(10),
                                        Duration.ofSeconds(30),
                                        Duration.ofMinutes(1),
                                        Duration.ofMinutes(5),
                                        Duration.ofMinutes(15),
                                        Duration.ofHours(1)),
                                Duration.ofDays(1),
                                Duration.ofSeconds(10))));
        assertThat(Configs.everyKeySet().backend())
                .isEqualTo(new BackendConfig(
                        true,
                        "0.0.0.0",
                        9090,
                        BackendConfig.Auth.JWT,
                        new BackendConfig.Tokens(
                                Optional.of(new Secret("token-pw-token-pw-token-pw-token-pw")),
                                Optional.empty(),
                                Optional.of("https://id.test"),
                                Optional.of("video"),
                                "isAdmin"),
                        new BackendConfig.RequestLimits(
                                128 << 10,
                                16 << 20,
                                500,
                                Duration.ofSeconds(5),
                                new BackendConfig.ConnectionLimits(200, 20),
                                new BackendConfig.UploadPace(16 << 10, Duration.ofMillis(7500))),
                        List.of("https://app.test", "http://localhost:3000"),
                        false,
                        new BackendConfig.Uploads(2, Duration.ofHours(2), 100 << 20),
                        new BackendConfig.UserQuotas(20, 1000L << 20, 1, 10 << 20, 5, 500, 50, 1000),
                        Duration.ofMinutes(5),
                        new WebhooksConfig(
                                List.of(
                                        new WebhooksConfig.Receiver(
                                                WebhookUrl.parse("https://hooks.test/path-pw"),
                                                Set.of(WebhookEvent.FAILED),
                                                Optional.of(new Secret("hook-pw-hook-pw-hook-pw-hook-pw-1"))),
                                        new WebhooksConfig.Receiver(
                                                WebhookUrl.parse("http://10.0.0.7:9000"),
                                                Set.of(WebhookEvent.COMPLETED, WebhookEvent.FAILED),
                                                Optional.empty())),
                                Optional.of(new Secret("hook-pw-hook-pw-hook-pw-hook-pw-2")),
                                new AddressPolicy(true),
                                List.of(Duration.ofSeconds(1), Duration.ofMillis(2500)),
                                Duration.ofHours(1),
                                Duration.ofSeconds(5))));
    }

    @Test
    void requests() {
        assertThat(Configs.defaults().consumers().requests())
                .isEqualTo(new RequestsConfig(false, RequestsConfig.Mode.STAGED));
        assertThat(Configs.everyKeySet().consumers().requests())
                .isEqualTo(new RequestsConfig(true, RequestsConfig.Mode.SINGLE_STAGE));
    }

    @Test
    void cluster() {
        assertThat(Configs.defaults().cluster())
                .isEqualTo(new ClusterConfig(
                        false, Optional.empty(), Optional.empty(), 5701, Optional.empty(), 5701, List.of()));
        assertThat(Configs.everyKeySet().cluster())
                .isEqualTo(new ClusterConfig(
                        true,
                        Optional.of(new Secret("cluster-pw-cluster-pw-cluster-pw")),
                        Optional.of("0.0.0.0"),
                        6701,
                        Optional.of("10.0.0.1"),
                        6702,
                        List.of("10.0.0.2", "worker-3.internal:5799")));
    }

    @Test
    void monitoring() {
        assertThat(Configs.defaults().monitoring())
                .isEqualTo(new SluiceConfig.MonitoringConfig(true, "127.0.0.1", 9464));
        assertThat(Configs.everyKeySet().monitoring())
                .isEqualTo(new SluiceConfig.MonitoringConfig(false, "10.0.0.1", 9500));
    }

    @Test
    void logging() {
        assertThat(Configs.defaults().logging()).isEqualTo(new SluiceConfig.LoggingConfig(SluiceConfig.LogFormat.TEXT));
        assertThat(Configs.everyKeySet().logging())
                .isEqualTo(new SluiceConfig.LoggingConfig(SluiceConfig.LogFormat.JSON));
        assertThat(Configs.defaults().shutdown().drain()).isZero();
        assertThat(Configs.everyKeySet().shutdown().drain()).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void stages() {
        int quarterOfCores = Math.max(1, Runtime.getRuntime().availableProcessors() / 4);

        assertThat(Configs.defaults().consumers().stages())
                .isEqualTo(Map.of(
                        StageName.DOWNLOAD, new StageConfig(1, 2, DEFAULT_RETRIES),
                        StageName.PROCESSING, new StageConfig(1, quarterOfCores, DEFAULT_RETRIES),
                        StageName.SEGMENT, new StageConfig(1, quarterOfCores, DEFAULT_RETRIES),
                        StageName.JOIN, new StageConfig(1, 2, DEFAULT_RETRIES),
                        StageName.UPLOAD, new StageConfig(1, 2, DEFAULT_RETRIES)));
        assertThat(Configs.everyKeySet().consumers().stages())
                .isEqualTo(Map.of(
                        StageName.DOWNLOAD, new StageConfig(0, 9, new RetryConfig(4, List.of(Duration.ofSeconds(2)))),
                        StageName.PROCESSING,
                                new StageConfig(2, 250, new RetryConfig(2, List.of(Duration.ofSeconds(60)))),
                        StageName.SEGMENT, new StageConfig(4, 6, new RetryConfig(3, List.of(Duration.ofSeconds(3)))),
                        StageName.JOIN, new StageConfig(1, 7, new RetryConfig(6, List.of(Duration.ofSeconds(4)))),
                        StageName.UPLOAD,
                                new StageConfig(
                                        3,
                                        5,
                                        new RetryConfig(8, List.of(Duration.ofSeconds(1), Duration.ofSeconds(10))))));
    }

    @Test
    void stageInheritsRetriesOfDelivery() {
        SluiceConfig config = Configs.fromEnvironment("SLUICE_DELIVERY_MAX_ATTEMPTS", "9");

        assertThat(config.stage(StageName.UPLOAD).retries()).isEqualTo(new RetryConfig(9, DEFAULT_RETRIES.delays()));
    }

    @Test
    void coversAllKeys() {
        Set<String> keys = new TreeSet<>(Configs.allKeys());
        keys.removeAll(Set.of(
                "rabbitmq.passwordFile",
                "postgres.passwordFile",
                "s3.secretKeyFile",
                "backend.jwtSecretFile",
                "backend.jwtPublicKeyFile",
                "backend.webhookSecretFile",
                "cluster.secretFile"));

        assertThat(Configs.flat(Configs.fixture("every-key.json")).keySet()).isEqualTo(keys);
    }

    private static Path absolute(String path) {
        return Path.of(path).toAbsolutePath();
    }
}
