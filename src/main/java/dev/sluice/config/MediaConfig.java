package dev.sluice.config;

import dev.sluice.config.reader.ConfigReader;
import dev.sluice.config.reader.ConfigSection;
import dev.sluice.config.reader.ValueParser;
import dev.sluice.config.value.InvalidConfigException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is made of a video, and which videos are refused.
 *
 * @param ladder the rungs, at least one, smallest first
 * @param preset x264's speed preset
 * @param crf x264's constant rate factor, 0 to 51
 * @param audioBitrate bit/s of the stereo AAC track
 * @param keyFrameInterval time between key frames, the same in all renditions
 * @param thumbnailInterval time between thumbnails
 * @param thumbnailWidth pixels
 */
public record MediaConfig(
        List<Rung> ladder,
        String preset,
        int crf,
        int audioBitrate,
        Duration keyFrameInterval,
        Duration thumbnailInterval,
        int thumbnailWidth,
        Limits limits) {

    public MediaConfig {
        ladder = List.copyOf(ladder);
    }

    /**
     * One rung of the ladder.
     *
     * @param quality the name on the wire and in object keys, {@code 720p}
     * @param shortSide pixels of the shorter side of the picture, even; it decides whether a rung is smaller than the source
     * @param maxBitrate bit/s, the cap of the video
     */
    public record Rung(String quality, int shortSide, int maxBitrate) {}

    /**
     * What is refused.
     *
     * @param maxBytes size of the source
     * @param maxDuration length of the source
     * @param maxPixels width times height of the source
     * @param maxStreams streams in the source
     * @param maxOutputBytes size of one file that is made
     */
    public record Limits(long maxBytes, Duration maxDuration, long maxPixels, int maxStreams, long maxOutputBytes) {}

    private static final double MILLIS = 1000.0;
    private static final Set<String> PRESETS =
            Set.of("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow");
    private static final List<Rung> DEFAULT_LADDER =
            List.of(new Rung("360p", 360, 800_000), new Rung("540p", 540, 1_500_000), new Rung("720p", 720, 2_500_000));

    static MediaConfig read(ConfigSection section, ConfigSection limits) {
        return new MediaConfig(
                section.read("ladder", MediaConfig::ladder).orElse(DEFAULT_LADDER),
                section.read("preset", MediaConfig::preset).orElse("medium"),
                section.integer("crf", 23, 0, 51),
                section.integer("audioKbps", 128, 32, 512) * 1000,
                section.duration("keyFrameSeconds", 2, 0.5, 30),
                section.duration("thumbnailSeconds", 15, 1, 3600),
                section.integer("thumbnailWidth", 320, 16, 1920),
                new Limits(
                        limits.longValue("maxSizeMiB", 20_480, 1, 1 << 30) << 20,
                        limits.duration("maxSeconds", 43_200, 1, 864_000),
                        limits.longValue("maxPixels", 8192L * 4320, 16, 1 << 30),
                        limits.integer("maxStreams", 64, 1, 1000),
                        limits.longValue("maxOutputMiB", 20_480, 1, 1 << 30) << 20));
    }

    /** What decides how an encode looks, so that it can be known on another host; the limits are each host's own. */
    public JsonObject toEncodingJson() {
        JsonArray rungs = new JsonArray();
        ladder.forEach(rung -> rungs.add(new JsonObject()
                .put("quality", rung.quality())
                .put("shortSide", rung.shortSide())
                .put("maxKbps", rung.maxBitrate() / 1000)));
        return new JsonObject()
                .put("ladder", rungs)
                .put("preset", preset)
                .put("crf", crf)
                .put("audioKbps", audioBitrate / 1000)
                .put("keyFrameSeconds", keyFrameInterval.toMillis() / MILLIS)
                .put("thumbnailSeconds", thumbnailInterval.toMillis() / MILLIS)
                .put("thumbnailWidth", thumbnailWidth);
    }

    /**
     * This host's limits, with what {@link #encoding} said elsewhere.
     *
     * @throws InvalidConfigException if it cannot be used
     */
    public MediaConfig withEncoding(JsonObject encoding) {
        ConfigReader reader = new ConfigReader(new JsonObject().put("media", encoding), Map.of());
        MediaConfig other = read(reader.section("media"), reader.section("media.limits"));
        if (!reader.errors().isEmpty()) {
            throw new InvalidConfigException(reader.errors());
        }
        return new MediaConfig(
                other.ladder,
                other.preset,
                other.crf,
                other.audioBitrate,
                other.keyFrameInterval,
                other.thumbnailInterval,
                other.thumbnailWidth,
                limits);
    }

    private static String preset(Object value) {
        if (value instanceof String preset && PRESETS.contains(preset)) {
            return preset;
        }
        throw new IllegalArgumentException("one of x264's presets from ultrafast to veryslow is needed");
    }

    private static List<Rung> ladder(Object value) {
        List<Rung> rungs =
                ValueParser.list(value, "rungs").stream().map(MediaConfig::rung).toList();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < rungs.size(); i++) {
            if (!names.add(rungs.get(i).quality())) {
                throw new IllegalArgumentException(
                        "two rungs are called " + rungs.get(i).quality());
            }
            if (i > 0 && rungs.get(i).shortSide() <= rungs.get(i - 1).shortSide()) {
                throw new IllegalArgumentException("the rungs go from the smallest to the largest");
            }
        }
        return rungs;
    }

    private static Rung rung(Object item) {
        if (item instanceof JsonObject rung
                && rung.getValue("quality") instanceof String quality
                && quality.matches("[A-Za-z0-9_-]{1,32}")
                && rung.getValue("shortSide") instanceof Integer shortSide
                && rung.getValue("maxKbps") instanceof Integer maxKbps
                && shortSide >= 16
                && shortSide <= 8192
                && shortSide % 2 == 0
                && maxKbps >= 16
                && maxKbps <= 200_000
                && rung.size() == 3) {
            return new Rung(quality, shortSide, maxKbps * 1000);
        }
        throw new IllegalArgumentException("a rung has a quality (letters, digits, - and _), a shortSide (16 to 8192"
                + " pixels, even) and a maxKbps (16 to 200000), and nothing else");
    }
}
