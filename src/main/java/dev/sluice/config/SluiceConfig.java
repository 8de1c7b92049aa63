package dev.sluice.config;

import dev.sluice.config.reader.ConfigFile;
import dev.sluice.config.reader.ConfigReader;
import dev.sluice.config.reader.ConfigSection;
import dev.sluice.config.value.InvalidConfigException;
import dev.sluice.job.StageName;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The validated configuration. */
public record SluiceConfig(
        RabbitMqConfig rabbitmq,
        PostgresConfig postgres,
        S3Config s3,
        WorkspaceConfig workspace,
        FfmpegConfig ffmpeg,
        MediaConfig.Profiles profiles,
        KeysConfig keys,
        DeliveryConfig delivery,
        UpdatesConfig updates,
        BackendConfig backend,
        ProcessConfig process,
        Consumers consumers) {

    /**
     * Consumers of this host.
     *
     * @param stages for every stage
     */
    public record Consumers(Map<StageName, StageConfig> stages, RequestsConfig requests) {
        public Consumers {
            stages = Map.copyOf(stages);
        }

        Consumers with(StageName stage, StageConfig changed) {
            Map<StageName, StageConfig> all = new EnumMap<>(stages);
            all.put(stage, changed);
            return new Consumers(all, requests);
        }
    }

    /** What concerns the process as a whole. */
    public record ProcessConfig(
            ClusterConfig cluster, MonitoringConfig monitoring, LoggingConfig logging, ShutdownConfig shutdown) {}

    /**
     * The monitoring endpoint of this process.
     *
     * @param enabled whether the process collects the metrics of Vert.x and serves the endpoint
     * @param host the address to listen on
     * @param port the first port that is tried; 0: any free port
     */
    public record MonitoringConfig(boolean enabled, String host, int port) {
        static MonitoringConfig read(ConfigSection section) {
            return new MonitoringConfig(
                    section.bool("enabled", true),
                    section.string("host", "127.0.0.1"),
                    section.integer("port", 9464, 0, 65_535));
        }
    }

    /** The log of a process that runs the pipeline. */
    public record LoggingConfig(LogFormat format) {
        static LoggingConfig read(ConfigSection section) {
            return new LoggingConfig(section.enumValue("format", LogFormat.TEXT));
        }
    }

    /**
     * The end of the process.
     *
     * @param drain time for runs in progress to finish after SIGTERM; the others are requeued then
     */
    public record ShutdownConfig(Duration drain) {
        static ShutdownConfig read(ConfigSection section) {
            return new ShutdownConfig(section.duration("drainSeconds", 0, 0, 86_400));
        }
    }

    /** Form of a log line. */
    public enum LogFormat {
        /** For humans. */
        TEXT,
        /** One JSON object a line, with fixed keys. */
        JSON
    }

    /** The settings of jobs that name no profile, and the limits of all jobs. */
    public MediaConfig media() {
        return profiles.standard();
    }

    public ClusterConfig cluster() {
        return process.cluster();
    }

    public MonitoringConfig monitoring() {
        return process.monitoring();
    }

    public LoggingConfig logging() {
        return process.logging();
    }

    public ShutdownConfig shutdown() {
        return process.shutdown();
    }

    /** The settings of a stage on this host. */
    public StageConfig stage(StageName stage) {
        return Objects.requireNonNull(consumers.stages().get(stage));
    }

    /** This configuration, but with the sections of {@code running} that take effect only at a start. */
    public SluiceConfig keepingUntilRestart(SluiceConfig running) {
        return new SluiceConfig(
                rabbitmq,
                running.postgres,
                s3,
                running.workspace,
                ffmpeg,
                profiles,
                keys,
                delivery,
                updates,
                backend,
                new ProcessConfig(running.cluster(), monitoring(), running.logging(), shutdown()),
                consumers);
    }

    /** This configuration with changed settings of a stage. */
    public SluiceConfig with(StageName stage, StageConfig changed) {
        return new SluiceConfig(
                rabbitmq,
                postgres,
                s3,
                workspace,
                ffmpeg,
                profiles,
                keys,
                delivery,
                updates,
                backend,
                process,
                consumers.with(stage, changed));
    }

    /**
     * Reads the file; environment variables take precedence over it.
     *
     * @throws InvalidConfigException with all errors
     */
    public static SluiceConfig load(Path file, Map<String, String> environment) {
        return read(ConfigFile.read(file), environment);
    }

    /**
     * Reads a parsed configuration.
     *
     * @throws InvalidConfigException with all errors
     */
    public static SluiceConfig read(JsonObject json, Map<String, String> environment) {
        ConfigReader reader = new ConfigReader(json, environment);
        SluiceConfig config = read(reader);
        reader.reportUnknownKeys();
        List<String> errors = reader.errors();
        if (!errors.isEmpty()) {
            throw new InvalidConfigException(errors);
        }
        return config;
    }

    static SluiceConfig read(ConfigReader reader) {
        int cores = Runtime.getRuntime().availableProcessors();
        DeliveryConfig delivery = DeliveryConfig.read(reader.section("delivery"));
        Map<StageName, StageConfig> stages = new EnumMap<>(StageName.class);
        for (StageName stage : StageName.values()) {
            // An encode can use four cores and more (docs/decisions/160-threads-of-an-encode.md); transfers mostly
            // wait.
            boolean encodes = stage == StageName.PROCESSING || stage == StageName.SEGMENT;
            int concurrency = encodes ? Math.max(1, cores / 4) : 2;
            stages.put(
                    stage, StageConfig.read(reader.section("stages." + stage.key()), concurrency, delivery.retries()));
        }
        return new SluiceConfig(
                RabbitMqConfig.read(reader.section("rabbitmq")),
                PostgresConfig.read(reader.section("postgres")),
                S3Config.read(reader.section("s3")),
                WorkspaceConfig.read(reader.section("workspace")),
                FfmpegConfig.read(reader.section("ffmpeg")),
                MediaConfig.Profiles.read(reader),
                KeysConfig.read(reader.section("keys")),
                delivery,
                UpdatesConfig.read(reader.section("updates")),
                BackendConfig.read(reader.section("backend")),
                new ProcessConfig(
                        ClusterConfig.read(reader.section("cluster")),
                        MonitoringConfig.read(reader.section("monitoring")),
                        LoggingConfig.read(reader.section("logging")),
                        ShutdownConfig.read(reader.section("shutdown"))),
                new Consumers(stages, RequestsConfig.read(reader.section("requests"))));
    }
}
