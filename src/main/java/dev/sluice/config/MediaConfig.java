package dev.sluice.config;

import dev.sluice.config.reader.ConfigReader;
import dev.sluice.config.reader.ConfigSection;
import dev.sluice.config.reader.ValueParser;
import dev.sluice.config.value.InvalidConfigException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Outputs of a video, and limits of sources.
 *
 * @param ladder the rungs, at least one, smallest first
 * @param audioBitrate bit/s of the stereo AAC stream
 * @param keyFrameInterval interval of key frames, the same in all renditions
 * @param codecs of the video: H.264, and others in which the largest rendition is encoded, too
 * @param streaming formats of adaptive streaming, if renditions are published
 * @param growing whether a long video can be watched while it is encoded
 * @param preview what is made beside renditions and thumbnails
 * @param loudnessTarget integrated loudness of the published audio, LUFS; empty: that of the source
 * @param published which outputs of the encode are published
 */
public record MediaConfig(
        List<Rung> ladder,
        X264 x264,
        int audioBitrate,
        Duration keyFrameInterval,
        Set<Codec> codecs,
        Thumbnails thumbnails,
        Streaming streaming,
        Growing growing,
        Preview preview,
        OptionalDouble loudnessTarget,
        Published published,
        Limits limits) {

    public MediaConfig {
        ladder = List.copyOf(ladder);
        codecs = Set.copyOf(codecs);
    }

    /**
     * The settings of all jobs.
     *
     * @param standard section {@code media}; the settings of jobs that name no profile, or {@value #DEFAULT}
     * @param named the sections of {@code profiles}, each with the settings of {@code media} that it does not change
     */
    public record Profiles(MediaConfig standard, SortedMap<String, MediaConfig> named) {
        /** The name of section {@code media} as a profile. */
        public static final String DEFAULT = "default";

        /** Maximum length of a name. */
        public static final int MAX_NAME = 32;

        private static final String SECTION = "profiles";
        private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1," + MAX_NAME + "}");

        public Profiles {
            named = Collections.unmodifiableSortedMap(new TreeMap<>(named));
        }

        static Profiles read(ConfigReader reader) {
            MediaConfig standard = MediaConfig.read(reader);
            SortedMap<String, MediaConfig> named = new TreeMap<>();
            for (String name : reader.fieldNames(SECTION)) {
                if (NAME.matcher(name).matches() && !name.equals(DEFAULT)) {
                    named.put(name, MediaConfig.read(reader, SECTION + "." + name, standard));
                } else {
                    reader.reject(
                            SECTION + "." + name,
                            "the name of a profile must consist of 1 to " + MAX_NAME
                                    + " lower-case letters, digits and -, and must not be " + DEFAULT);
                }
            }
            return new Profiles(standard, named);
        }

        /**
         * The settings of a job.
         *
         * @param name of the profile that the job names
         * @throws IllegalArgumentException if there is no such profile; the message names those that exist
         */
        public MediaConfig of(Optional<String> name) {
            return name.filter(named -> !named.equals(DEFAULT)).map(this::get).orElse(standard);
        }

        private MediaConfig get(String name) {
            MediaConfig found = named.get(name);
            if (found == null) {
                throw new IllegalArgumentException("must be one of "
                        + Stream.concat(Stream.of(DEFAULT), named.keySet().stream())
                                .collect(Collectors.joining(", ")));
            }
            return found;
        }

        /** The key with which a section selects a codec; empty if none does. */
        public Optional<String> keyOfCodec(Codec codec) {
            return Stream.concat(
                            Stream.of(Map.entry(MediaConfig.SECTION, standard)),
                            named.entrySet().stream()
                                    .map(profile -> Map.entry(SECTION + "." + profile.getKey(), profile.getValue())))
                    .filter(section -> section.getValue().codecs().contains(codec))
                    .map(section -> section.getKey() + "." + CODECS)
                    .findFirst();
        }

        /** The names of the renditions of all profiles. */
        public Set<String> qualities() {
            return Stream.concat(Stream.of(standard), named.values().stream())
                    .flatMap(media -> media.ladder.stream())
                    .map(Rung::quality)
                    .collect(Collectors.toSet());
        }
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

    /** Codecs of renditions. */
    public enum Codec {
        H264,
        /** Of an addition to the largest H.264 rendition, which only playlists name. */
        AV1;

        /** The end of the names of AV1 renditions; without a character that may separate the parts of object keys. */
        public static final String AV1_SUFFIX = "av1";

        private String key() {
            return name().toLowerCase(Locale.ROOT);
        }

        private static Codec parse(Object value) {
            return Stream.of(values())
                    .filter(each -> each.key().equals(value))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("must be a list of h264 and av1"));
        }

        static Set<Codec> parseAll(Object value) {
            Set<Codec> codecs = ValueParser.list(value, "h264 and av1").stream()
                    .map(Codec::parse)
                    .collect(Collectors.toSet());
            if (!codecs.contains(H264)) {
                throw new IllegalArgumentException("must contain h264, which all players can play");
            }
            return codecs;
        }
    }

    /**
     * Thumbnails of a video.
     *
     * @param width pixels
     */
    public record Thumbnails(Duration interval, int width) {}

    /** Whether a poster, a storyboard and a preview clip are made. */
    public record Preview(boolean poster, boolean storyboard, boolean clip) {
        /** Whether the encode makes the small frames of which poster and storyboard are made. */
        public boolean needsTiles() {
            return poster || storyboard;
        }
    }

    /**
     * Which outputs of an encode are published. Thumbnails are made in any case, because renditions are compared with them; without
     * renditions, only the smallest one is made, for the images.
     */
    public record Published(boolean renditions, boolean thumbnails) {}

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
    public record Limits(long maxBytes, Duration maxDuration, long maxPixels, int maxStreams, long maxOutputBytes) {
        private static Limits read(ConfigSection section) {
            return new Limits(
                    section.longValue("maxSizeMiB", 20_480, 1, 1 << 30) << 20,
                    section.duration("maxSeconds", 43_200, 1, 864_000),
                    section.longValue("maxPixels", 8192L * 4320, 16, 1 << 30),
                    section.integer("maxStreams", 64, 1, 1000),
                    section.longValue("maxOutputMiB", 20_480, 1, 1 << 30) << 20);
        }
    }

    private static final double MILLIS = 1000.0;
    private static final Duration SEGMENT = Duration.ofSeconds(6);
    private static final String EFFORT = "effort";
    private static final String LOUDNESS_TARGET = "target";
    private static final String NO_TARGET = "none";
    private static final String SECTION = "media";
    private static final String RENDITIONS = "renditions";
    private static final String THUMBNAILS = "thumbnails";
    private static final String CODECS = "codecs";
    private static final String PREVIEW_CLIP = "previewClip";
    /** The name of the object without its extension, which is that of renditions. */
    private static final String CLIP_NAME = "preview";

    private static final int MAX_QUALITY = 32;
    private static final double MIN_LOUDNESS = -40;
    private static final double MAX_LOUDNESS = -5;
    private static final Set<String> PRESETS =
            Set.of("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow");
    /** Encode settings in messages whose configuration keys have other names: name in messages, key. */
    private static final Map<String, String> RENAMED_KEYS =
            Map.of("keyFrameSeconds", "keyFrameIntervalSeconds", "thumbnailSeconds", "thumbnailIntervalSeconds");

    private static final List<Rung> DEFAULT_LADDER =
            List.of(new Rung("360p", 360, 800_000), new Rung("540p", 540, 1_500_000), new Rung("720p", 720, 2_500_000));

    static MediaConfig read(ConfigReader reader) {
        ConfigSection section = reader.section(SECTION);
        return read(
                reader,
                SECTION,
                defaults(
                        new Growing(false, section.duration("growingStreamSeconds", 3600, 0, 604_800)),
                        Limits.read(reader.section(SECTION + ".limits"))));
    }

    private static MediaConfig defaults(Growing growing, Limits limits) {
        return new MediaConfig(
                DEFAULT_LADDER,
                new X264("medium", 23),
                128_000,
                Duration.ofSeconds(2),
                Set.of(Codec.H264),
                new Thumbnails(Duration.ofSeconds(15), 320),
                Streaming.HLS,
                growing,
                new Preview(true, true, false),
                OptionalDouble.empty(),
                new Published(true, true),
                limits);
    }

    /** Reads a section whose missing keys have the values of {@code base}. */
    private static MediaConfig read(ConfigReader reader, String path, MediaConfig base) {
        ConfigSection section = reader.section(path);
        MediaConfig media = new MediaConfig(
                section.read("ladder", MediaConfig::ladder).orElse(base.ladder),
                new X264(
                        section.read("preset", MediaConfig::preset).orElse(base.x264.preset()),
                        section.integer("crf", base.x264.crf(), 0, 51),
                        section.bool("adaptiveEffort", base.x264.adaptive()),
                        Effort.PRESET),
                section.integer("audioKbps", base.audioBitrate / 1000, 32, 512) * 1000,
                section.duration("keyFrameIntervalSeconds", seconds(base.keyFrameInterval), 0.5, 30),
                section.read(CODECS, Codec::parseAll).orElse(base.codecs),
                new Thumbnails(
                        section.duration("thumbnailIntervalSeconds", seconds(base.thumbnails.interval()), 1, 3600),
                        section.integer("thumbnailWidth", base.thumbnails.width(), 16, 1920)),
                section.read("streaming", Streaming::parse).orElse(base.streaming),
                new Growing(section.bool("streamWhileEncoding", base.growing.enabled()), base.growing.keep()),
                new Preview(
                        section.bool("poster", base.preview.poster()),
                        section.bool("storyboard", base.preview.storyboard()),
                        section.bool(PREVIEW_CLIP, base.preview.clip())),
                reader.section(path + ".loudness")
                        .read(LOUDNESS_TARGET, MediaConfig::loudnessTarget)
                        .orElse(base.loudnessTarget),
                new Published(
                        section.bool(RENDITIONS, base.published.renditions()),
                        section.bool(THUMBNAILS, base.published.thumbnails())),
                base.limits);
        if (!media.publishesAnything()) {
            section.addError(
                    RENDITIONS,
                    "one of renditions, thumbnails, poster, storyboard and previewClip must be true: nothing is published");
        }
        if (media.preview.clip() && media.ladder.stream().map(Rung::quality).anyMatch(CLIP_NAME::equals)) {
            section.addError(
                    PREVIEW_CLIP,
                    "requires that no rung of the ladder has the quality " + CLIP_NAME
                            + ", because the keys of both may be the same");
        }
        media.codecError().ifPresent(error -> section.addError(CODECS, error));
        return media;
    }

    private Optional<String> codecError() {
        if (!codecs.contains(Codec.AV1) || !published.renditions()) {
            return Optional.empty();
        }
        if (streaming == Streaming.NONE) {
            return Optional.of("av1 requires streaming hls or hls+dash, because only playlists name AV1 renditions");
        }
        return ladder.stream()
                .map(Rung::quality)
                .filter(quality -> quality.endsWith(Codec.AV1_SUFFIX)
                        || quality.length() + Codec.AV1_SUFFIX.length() > MAX_QUALITY)
                .findFirst()
                .map(quality -> "with av1, the quality of a rung must not end in " + Codec.AV1_SUFFIX
                        + " and must have at most " + (MAX_QUALITY - Codec.AV1_SUFFIX.length())
                        + " characters, unlike " + quality);
    }

    private boolean publishesAnything() {
        return published.renditions() || published.thumbnails() || preview.needsTiles() || preview.clip();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / MILLIS;
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
                .put("keyFrameSeconds", seconds(keyFrameInterval))
                .put("thumbnailSeconds", seconds(thumbnails.interval()))
                .put("thumbnailWidth", thumbnails.width())
                .put("streaming", streaming.key())
                .put("poster", preview.poster())
                .put("storyboard", preview.storyboard())
                .put(RENDITIONS, published.renditions())
                .put(THUMBNAILS, published.thumbnails());
        if (x264.effort() != Effort.PRESET) {
            json.put(EFFORT, x264.effort().key());
        }
        if (preview.clip()) {
            json.put(PREVIEW_CLIP, true);
        }
        if (codecs.size() > 1) {
            json.put(
                    CODECS,
                    new JsonArray(codecs.stream().map(Codec::key).sorted().toList()));
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
        ConfigReader reader = new ConfigReader(new JsonObject().put(SECTION, settings), Map.of());
        MediaConfig other = read(reader, SECTION, defaults(growing, limits));
        if (!reader.errors().isEmpty()) {
            throw new InvalidConfigException(reader.errors());
        }
        return other.withEffort(effort(encoding));
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
                codecs,
                thumbnails,
                streaming,
                growing,
                preview,
                loudnessTarget,
                published,
                limits);
    }

    /** The codecs of the renditions: only H.264 if they are not published. */
    @Override
    public Set<Codec> codecs() {
        return published.renditions() ? codecs : Set.of(Codec.H264);
    }

    /** The formats of adaptive streaming: none without renditions. */
    @Override
    public Streaming streaming() {
        return published.renditions() ? streaming : Streaming.NONE;
    }

    /** The effort is no key of the configuration. */
    private static Effort effort(JsonObject encoding) {
        try {
            return encoding.containsKey(EFFORT) ? Effort.parse(encoding.getValue(EFFORT)) : Effort.PRESET;
        } catch (IllegalArgumentException invalid) {
            throw new InvalidConfigException(List.of("media." + EFFORT + ": " + invalid.getMessage()));
        }
    }

    private static OptionalDouble loudnessTarget(Object value) {
        if (value.equals(NO_TARGET)) {
            return OptionalDouble.empty();
        }
        double target;
        try {
            target = Double.parseDouble(String.valueOf(value));
        } catch (NumberFormatException bad) {
            throw new IllegalArgumentException("must be a number in LUFS, or " + NO_TARGET, bad);
        }
        // Negated so that NaN is rejected, too.
        if (!(target >= MIN_LOUDNESS && target <= MAX_LOUDNESS)) {
            throw new IllegalArgumentException("must be from -40 to -5 LUFS");
        }
        return OptionalDouble.of(target);
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
