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
        ConfigReader settings = new ConfigReader(json, environment);
        SluiceConfig config = read(settings);
        settings.complainAboutTheUnknown();
        List<String> complaints = settings.complaints();
        if (!complaints.isEmpty()) {
            throw new InvalidConfigException(complaints);
        }
        return config;
    }

    /** Every key there is, {@code section.key}, sorted. */
    public static SortedSet<String> allKeys() {
        ConfigReader settings = new ConfigReader(new JsonObject(), Map.of());
        var unused = read(settings);
        return Collections.unmodifiableSortedSet(settings.known());
    }

    private static SluiceConfig read(ConfigReader settings) {
        int cores = Runtime.getRuntime().availableProcessors();
        DeliveryConfig delivery = DeliveryConfig.read(settings.section("delivery"));
        Map<StageName, StageConfig> stages = new EnumMap<>(StageName.class);
        for (StageName stage : StageName.values()) {
            // One encode keeps about four cores busy; transfers mostly wait.
            boolean encodes = stage == StageName.PROCESSING || stage == StageName.SEGMENT;
            int concurrency = encodes ? Math.max(1, cores / 4) : 2;
            stages.put(
                    stage,
                    StageConfig.read(settings.section("stages." + stage.key()), concurrency, delivery.retries()));
        }
        return new SluiceConfig(
                RabbitMqConfig.read(settings.section("rabbitmq")),
                PostgresConfig.read(settings.section("postgres")),
                S3Config.read(settings.section("s3")),
                WorkspaceConfig.read(settings.section("workspace")),
                FfmpegConfig.read(settings.section("ffmpeg")),
                MediaConfig.read(settings.section("media"), settings.section("media.limits")),
                KeysConfig.read(settings.section("keys")),
                delivery,
                UpdatesConfig.read(settings.section("updates")),
                BackendConfig.read(settings.section("backend")),
                RequestsConfig.read(settings.section("requests")),
                ClusterConfig.read(settings.section("cluster")),
                stages);
    }
}
