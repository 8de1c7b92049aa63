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
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Outputs of a video, and limits of sources.
 *
 * @param ladder the rungs, at least one, smallest first
 * @param audioBitrate bit/s of the stereo AAC stream
 * @param keyFrameInterval interval of key frames, the same in all renditions
 * @param streaming formats of adaptive streaming
 * @param growing whether a long video can be watched while it is encoded
 * @param preview what is made beside renditions and thumbnails
 * @param loudnessTarget integrated loudness of the published audio, LUFS; empty: that of the source
 */
public record MediaConfig(
        List<Rung> ladder,
        X264 x264,
        int audioBitrate,
        Duration keyFrameInterval,
        Thumbnails thumbnails,
        Streaming streaming,
        Growing growing,
        Preview preview,
        OptionalDouble loudnessTarget,
        Limits limits) {

    public MediaConfig {
        ladder = List.copyOf(ladder);
    }

    /**
     * A rung of the rendition ladder.
     *
     * @param quality the name in messages and object keys, {@code 720p}
     * @param shortSide pixels of the shorter side of the frame, even; compared with that of the source
     * @param maxBitrate maximum video bitrate, bit/s
     */
    public record Rung(String quality, int shortSide, int maxBitrate) {}

    /**
     * Settings of the video encoder.
     *
     * @param preset speed preset
     * @param crf constant rate factor, 0 to 51
     * @param adaptive whether a trial decides the effort for each video
     * @param effort of the encode
     */
    public record X264(String preset, int crf, boolean adaptive, Effort effort) {
        /** With the effort of the preset for all videos. */
        public X264(String preset, int crf) {
            this(preset, crf, false, Effort.PRESET);
        }
    }

    /** How thoroughly the encoder searches for a prediction of each block. */
    public enum Effort {
        /** As the preset says. */
        PRESET,
        /** One reference frame and fewer partitions, in all renditions but the smallest. */
        REDUCED;

        /** The name in messages and in the API. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Effort parse(Object value) {
            return Stream.of(values())
                    .filter(each -> each.key().equals(value))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("must be preset or reduced"));
        }
    }

    /**
     * Thumbnails of a video.
     *
     * @param width pixels
     */
    public record Thumbnails(Duration interval, int width) {}

    /** Whether a poster and a storyboard are made. */
    public record Preview(boolean poster, boolean storyboard) {
        /** Whether the encode makes the small frames of which both are made. */
        public boolean needsTiles() {
            return poster || storyboard;
        }
    }

    /** Formats of adaptive streaming; all address the renditions. */
    public enum Streaming {
        /** The renditions are plain MP4 files. */
        NONE,
        HLS,
        HLS_DASH;

        private String key() {
            return name().toLowerCase(Locale.ROOT).replace('_', '+');
        }

        static Streaming parse(Object value) {
            return Stream.of(values())
                    .filter(each -> each.key().equals(value))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("must be hls, hls+dash or none"));
        }
    }

    /**
     * A stream of a video that is encoded in segments, published while it is encoded.
     *
     * @param enabled whether it is published
     * @param keep how long it is kept after the end of the job
     */
    public record Growing(boolean enabled, Duration keep) {}

    /**
     * Limits of sources and outputs.
     *
     * @param maxBytes size of the source
     * @param maxDuration duration of the source
     * @param maxPixels width times height of the source
     * @param maxStreams streams of the source
     * @param maxOutputBytes size of one output file
     */
    public record Limits(long maxBytes, Duration maxDuration, long maxPixels, int maxStreams, long maxOutputBytes) {}

    private static final double MILLIS = 1000.0;
    private static final Duration SEGMENT = Duration.ofSeconds(6);
    private static final String EFFORT = "effort";
    private static final String LOUDNESS_TARGET = "target";
    private static final double MIN_LOUDNESS = -40;
    private static final double MAX_LOUDNESS = -5;
    private static final Set<String> PRESETS =
            Set.of("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow");
    /** Encode settings in messages whose configuration keys have other names: name in messages, key. */
    private static final Map<String, String> RENAMED_KEYS =
            Map.of("keyFrameSeconds", "keyFrameIntervalSeconds", "thumbnailSeconds", "thumbnailIntervalSeconds");

    private static final List<Rung> DEFAULT_LADDER =
            List.of(new Rung("360p", 360, 800_000), new Rung("540p", 540, 1_500_000), new Rung("720p", 720, 2_500_000));

    static MediaConfig read(ConfigSection section, ConfigSection loudness, ConfigSection limits) {
        return new MediaConfig(
                section.read("ladder", MediaConfig::ladder).orElse(DEFAULT_LADDER),
                new X264(
                        section.read("preset", MediaConfig::preset).orElse("medium"),
                        section.integer("crf", 23, 0, 51),
                        section.bool("adaptiveEffort", false),
                        Effort.PRESET),
                section.integer("audioKbps", 128, 32, 512) * 1000,
                section.duration("keyFrameIntervalSeconds", 2, 0.5, 30),
                new Thumbnails(
                        section.duration("thumbnailIntervalSeconds", 15, 1, 3600),
                        section.integer("thumbnailWidth", 320, 16, 1920)),
                section.read("streaming", Streaming::parse).orElse(Streaming.HLS),
                new Growing(
                        section.bool("streamWhileEncoding", false),
                        section.duration("growingStreamSeconds", 3600, 0, 604_800)),
                new Preview(section.bool("poster", true), section.bool("storyboard", true)),
                loudness.read(LOUDNESS_TARGET, MediaConfig::loudnessTarget)
                        .map(OptionalDouble::of)
                        .orElseGet(OptionalDouble::empty),
                new Limits(
                        limits.longValue("maxSizeMiB", 20_480, 1, 1 << 30) << 20,
                        limits.duration("maxSeconds", 43_200, 1, 864_000),
                        limits.longValue("maxPixels", 8192L * 4320, 16, 1 << 30),
                        limits.integer("maxStreams", 64, 1, 1000),
                        limits.longValue("maxOutputMiB", 20_480, 1, 1 << 30) << 20));
    }

    /** The settings that an encode has on all hosts, as sent in messages. Limits and growing streams are not part of them. */
    public JsonObject toEncodingJson() {
        JsonArray rungs = new JsonArray();
        ladder.forEach(rung -> rungs.add(new JsonObject()
                .put("quality", rung.quality())
                .put("shortSide", rung.shortSide())
                .put("maxKbps", rung.maxBitrate() / 1000)));
        JsonObject json = new JsonObject()
                .put("ladder", rungs)
                .put("preset", x264.preset())
                .put("crf", x264.crf())
                .put("audioKbps", audioBitrate / 1000)
                .put("keyFrameSeconds", keyFrameInterval.toMillis() / MILLIS)
                .put("thumbnailSeconds", thumbnails.interval().toMillis() / MILLIS)
                .put("thumbnailWidth", thumbnails.width())
                .put("streaming", streaming.key())
                .put("poster", preview.poster())
                .put("storyboard", preview.storyboard());
        if (x264.effort() != Effort.PRESET) {
            json.put(EFFORT, x264.effort().key());
        }
        loudnessTarget.ifPresent(target -> json.put("loudness", new JsonObject().put(LOUDNESS_TARGET, target)));
        return json;
    }

    /**
     * The encode settings of {@link #toEncodingJson}, with the limits of this host.
     *
     * @throws InvalidConfigException if they are invalid
     */
    public MediaConfig withEncoding(JsonObject encoding) {
        JsonObject settings = encoding.copy();
        RENAMED_KEYS.forEach((name, key) -> settings.put(key, encoding.getValue(name)));
        ConfigReader reader = new ConfigReader(new JsonObject().put("media", settings), Map.of());
        MediaConfig other =
                read(reader.section("media"), reader.section("media.loudness"), reader.section("media.limits"));
        if (!reader.errors().isEmpty()) {
            throw new InvalidConfigException(reader.errors());
        }
        return new MediaConfig(
                        other.ladder,
                        other.x264,
                        other.audioBitrate,
                        other.keyFrameInterval,
                        other.thumbnails,
                        other.streaming,
                        growing,
                        other.preview,
                        other.loudnessTarget,
                        limits)
                .withEffort(effort(encoding));
    }

    /** The multiple of the key frame interval that is next to 6 s, as Apple's authoring specification requests. */
    public Duration segmentDuration() {
        return keyFrameInterval.multipliedBy(
                Math.max(1, Math.round((double) SEGMENT.toMillis() / keyFrameInterval.toMillis())));
    }

    /** With this effort of the video encoder. */
    public MediaConfig withEffort(Effort effort) {
        return new MediaConfig(
                ladder,
                new X264(x264.preset(), x264.crf(), x264.adaptive(), effort),
                audioBitrate,
                keyFrameInterval,
                thumbnails,
                streaming,
                growing,
                preview,
                loudnessTarget,
                limits);
    }

    /** The effort is no key of the configuration. */
    private static Effort effort(JsonObject encoding) {
        try {
            return encoding.containsKey(EFFORT) ? Effort.parse(encoding.getValue(EFFORT)) : Effort.PRESET;
        } catch (IllegalArgumentException invalid) {
            throw new InvalidConfigException(List.of("media." + EFFORT + ": " + invalid.getMessage()));
        }
    }

    private static double loudnessTarget(Object value) {
        double target;
        try {
            target = Double.parseDouble(String.valueOf(value));
        } catch (NumberFormatException bad) {
            throw new IllegalArgumentException("must be a number in LUFS", bad);
        }
        // Negated so that NaN is rejected, too.
        if (!(target >= MIN_LOUDNESS && target <= MAX_LOUDNESS)) {
            throw new IllegalArgumentException("must be from -40 to -5 LUFS");
        }
        return target;
    }

    private static String preset(Object value) {
        if (value instanceof String preset && PRESETS.contains(preset)) {
            return preset;
        }
        throw new IllegalArgumentException("must be one of the x264 presets from ultrafast to veryslow");
    }

    private static List<Rung> ladder(Object value) {
        List<Rung> rungs =
                ValueParser.list(value, "rungs").stream().map(MediaConfig::rung).toList();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < rungs.size(); i++) {
            if (!names.add(rungs.get(i).quality())) {
                throw new IllegalArgumentException(
                        "two rungs have the quality " + rungs.get(i).quality());
            }
            if (i > 0 && rungs.get(i).shortSide() <= rungs.get(i - 1).shortSide()) {
                throw new IllegalArgumentException("the rungs must be ordered from smallest to largest");
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
        throw new IllegalArgumentException(
                "a rung must have exactly quality (letters, digits, - and _), shortSide (16 to"
                        + " 8192 pixels, even) and maxKbps (16 to 200000)");
    }
}
