package dev.sluice.config;

import dev.sluice.job.StageName;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
        Map<StageName, StageConfig> stages) {

    private static final Pattern PLACE = Pattern.compile("line: (\\d+), column: (\\d+)");

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
     * @throws InvalidConfig with every complaint at once
     */
    public static SluiceConfig load(Path file, Map<String, String> environment) {
        return read(parse(file), environment);
    }

    /**
     * Reads a configuration that is JSON already.
     *
     * @throws InvalidConfig with every complaint at once
     */
    public static SluiceConfig read(JsonObject json, Map<String, String> environment) {
        Settings settings = new Settings(json, environment);
        SluiceConfig config = read(settings);
        settings.complainAboutTheUnknown();
        List<String> complaints = settings.complaints();
        if (!complaints.isEmpty()) {
            throw new InvalidConfig(complaints);
        }
        return config;
    }

    /** Every key there is, {@code section.key}, sorted. */
    public static SortedSet<String> allKeys() {
        Settings settings = new Settings(new JsonObject(), Map.of());
        var unused = read(settings);
        return Collections.unmodifiableSortedSet(settings.known());
    }

    private static SluiceConfig read(Settings settings) {
        int cores = Runtime.getRuntime().availableProcessors();
        Map<StageName, StageConfig> stages = new EnumMap<>(StageName.class);
        for (StageName stage : StageName.values()) {
            // One encode keeps about four cores busy; transfers mostly wait.
            int concurrency = stage == StageName.PROCESSING ? Math.max(1, cores / 4) : 2;
            stages.put(stage, StageConfig.read(settings.section("stages." + stage.key()), concurrency));
        }
        return new SluiceConfig(
                RabbitMqConfig.read(settings.section("rabbitmq")),
                PostgresConfig.read(settings.section("postgres")),
                S3Config.read(settings.section("s3")),
                WorkspaceConfig.read(settings.section("workspace")),
                FfmpegConfig.read(settings.section("ffmpeg")),
                MediaConfig.read(settings.section("media"), settings.section("media.limits")),
                KeysConfig.read(settings.section("keys")),
                DeliveryConfig.read(settings.section("delivery")),
                UpdatesConfig.read(settings.section("updates")),
                stages);
    }

    private static JsonObject parse(Path file) {
        try {
            return new JsonObject(Files.readString(file));
        } catch (MalformedInputException bad) {
            throw new InvalidConfig(List.of(file + ": is not UTF-8 text"));
        } catch (IOException unreadable) {
            throw new InvalidConfig(List.of(file + ": cannot be read (" + reason(unreadable) + ")"));
        } catch (DecodeException bad) {
            throw new InvalidConfig(List.of(file + ": is not a JSON object" + placeOf(bad)));
        }
    }

    /** The parser's message is left out but for the place: it may repeat a password that lacks its quotes. */
    private static String placeOf(DecodeException bad) {
        Matcher place = PLACE.matcher(Objects.requireNonNullElse(bad.getMessage(), ""));
        return place.find() ? " (line " + place.group(1) + ", column " + place.group(2) + ")" : "";
    }

    private static String reason(IOException unreadable) {
        return unreadable instanceof NoSuchFileException ? "there is no such file" : "no permission, or no file";
    }
}
