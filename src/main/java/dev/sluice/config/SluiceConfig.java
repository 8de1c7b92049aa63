package dev.sluice.config;

import dev.sluice.config.reader.ConfigFile;
import dev.sluice.config.reader.ConfigReader;
import dev.sluice.config.value.InvalidConfigException;
import dev.sluice.job.StageName;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;

/** The whole configuration, checked. */
public record SluiceConfig(
        RabbitMqConfig rabbitmq,
        PostgresConfig postgres,
        S3Config s3,
        WorkspaceConfig workspace,
        FfmpegConfig ffmpeg,
        MediaConfig media,
        KeysConfig keys,
        DeliveryConfig delivery,
        UpdatesConfig updates,
        BackendConfig backend,
        RequestsConfig requests,
        ClusterConfig cluster,
        Map<StageName, StageConfig> stages) {

    public SluiceConfig {
        stages = Map.copyOf(stages);
    }

    /** What {@code stage} runs with on this host. */
    public StageConfig stage(StageName stage) {
        return Objects.requireNonNull(stages.get(stage));
    }

    /**
     * Reads the file, then lays the environment over it.
     *
     * @throws InvalidConfigException with every complaint at once
     */
    public static SluiceConfig load(Path file, Map<String, String> environment) {
        return read(ConfigFile.read(file), environment);
    }

    /**
     * Reads a configuration that is JSON already.
     *
     * @throws InvalidConfigException with every complaint at once
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

    /** Every key there is, {@code section.key}, sorted. */
    public static SortedSet<String> allKeys() {
        ConfigReader reader = new ConfigReader(new JsonObject(), Map.of());
        var unused = read(reader);
        return Collections.unmodifiableSortedSet(reader.registeredKeys());
    }

    private static SluiceConfig read(ConfigReader reader) {
        int cores = Runtime.getRuntime().availableProcessors();
        DeliveryConfig delivery = DeliveryConfig.read(reader.section("delivery"));
        Map<StageName, StageConfig> stages = new EnumMap<>(StageName.class);
        for (StageName stage : StageName.values()) {
            // One encode keeps about four cores busy; transfers mostly wait.
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
                MediaConfig.read(reader.section("media"), reader.section("media.limits")),
                KeysConfig.read(reader.section("keys")),
                delivery,
                UpdatesConfig.read(reader.section("updates")),
                BackendConfig.read(reader.section("backend")),
                RequestsConfig.read(reader.section("requests")),
                ClusterConfig.read(reader.section("cluster")),
                stages);
    }
}
