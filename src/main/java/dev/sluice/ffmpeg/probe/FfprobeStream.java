package dev.sluice.ffmpeg.probe;

import dev.sluice.media.ColorInfo;
import dev.sluice.media.Crop;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.DisplayMatrix;
import dev.sluice.media.VideoStream;
import dev.sluice.media.text.SubtitleStream;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Parsed output of ffprobe for one stream. Pure. */
final class FfprobeStream {
    private static final double MAX_FRAME_RATE = 300;
    /** Codecs whose key frames state their size: that of recorded calls and broadcasts changes, except in MP4. */
    private static final Set<String> STATE_SIZE =
            Set.of("h264", "hevc", "av1", "vp8", "vp9", "mpeg1video", "mpeg2video", "mpeg4", "h263", "flv1");

    private static final Set<String> INTERLACED = Set.of("tt", "bb", "tb", "bt");
    private static final List<String> ALTERNATIVE_AUDIO = List.of(
            "visual_impaired",
            "hearing_impaired",
            "descriptions",
            "comment",
            "karaoke",
            // Music and effects without voices; a part that receivers add to the main audio.
            "clean_effects",
            "dependent");
    /** Dolby Vision profiles from 5 on have one layer, except 7. */
    private static final int MIN_SINGLE_LAYER_PROFILE = 5;

    private static final int DUAL_LAYER_PROFILE = 7;
    /** A number that does not end with the colon of a line's address. */
    private static final Pattern MATRIX_ELEMENT = Pattern.compile("(?<![\\w-])(-?\\d{1,10})(?![\\w:])");

    /** Sample entries of MP4: Common Encryption, and those of FairPlay. */
    private static final Set<String> ENCRYPTED_ENTRIES = Set.of("encv", "enca", "drmi", "drms", "drmt");

    private final JsonObject stream;

    FfprobeStream(JsonObject stream) {
        this.stream = stream;
    }

    int index() {
        return stream.getInteger("index", 0);
    }

    String codec() {
        return stream.getString("codec_name", "unknown");
    }

    boolean isVideo() {
        return "video".equals(stream.getString("codec_type"));
    }

    boolean isAudio() {
        return "audio".equals(stream.getString("codec_type"));
    }

    boolean isSubtitle() {
        return "subtitle".equals(stream.getString("codec_type"));
    }

    SubtitleStream subtitles() {
        return new SubtitleStream(
                index(),
                codec(),
                language(),
                stream.getJsonObject("tags", new JsonObject()).getString("title", ""),
                isDefault(),
                has("forced"),
                has("hearing_impaired"));
    }

    boolean isDefault() {
        return has("default");
    }

    /** Whether it is cover art or another still image. */
    boolean isStill() {
        return has("attached_pic") || has("timed_thumbnails") || has("still_image");
    }

    /** Whether the container states that it has one frame. */
    boolean hasOneFrame() {
        return text("nb_frames").equals("1");
    }

    /** Whether it is encrypted: by its sample entry, or because it has encryption metadata. */
    boolean isEncrypted() {
        String tag = stream.getString("codec_tag_string", "");
        return ENCRYPTED_ENTRIES.contains(tag)
                || sideData()
                        .anyMatch(data -> data.getString("side_data_type", "").startsWith("Encryption"));
    }

    private boolean has(String disposition) {
        return stream.getJsonObject("disposition", new JsonObject()).getInteger(disposition, 0) == 1;
    }

    Optional<Duration> duration() {
        return DecimalSeconds.parse(stream.getString("duration"));
    }

    Optional<Duration> start() {
        return DecimalSeconds.parse(stream.getString("start_time"));
    }

    /**
     * Describes the video.
     *
     * @param survey of this stream's frames; if empty the header is used
     * @param formatName FFmpeg's names of the container format
     */
    VideoStream video(FrameSurvey survey, String formatName) {
        FrameSurvey frames = survey.isEmpty() ? FrameSurvey.ofHeader(this::entry) : survey;
        FrameSurvey.Geometry geometry = frames.geometry();
        return new VideoStream(
                index(),
                codec(),
                geometry.size(),
                geometry.sampleAspectRatio(),
                crop(),
                displayMatrix(),
                frameRate(),
                frames.pixelFormat(),
                ColorInfo.of(
                        frames.tags(), frames.pixelFormat(), geometry.size().height()),
                INTERLACED.contains(text("field_order")) || frames.hasInterlacedFrames(),
                frames.changesGeometry()
                        || !frames.aspectChanges().isEmpty()
                        || (STATE_SIZE.contains(codec()) && !formatName.startsWith("mov")),
                frames.aspectChanges());
    }

    private @Nullable String entry(String key) {
        return Optional.ofNullable(stream.getValue(key)).map(String::valueOf).orElse(null);
    }

    private String text(String key) {
        return stream.getString(key, "");
    }

    /** Whether it has Dolby Vision without a layer that other decoders can show, as profile 5 has. */
    boolean isDolbyVisionOnly() {
        return sideData("DOVI configuration record")
                .filter(record -> record.getInteger("dv_profile", 0) >= MIN_SINGLE_LAYER_PROFILE
                        && record.getInteger("dv_profile", 0) != DUAL_LAYER_PROFILE
                        && record.getInteger("dv_bl_signal_compatibility_id", -1) == 0)
                .isPresent();
    }

    /** The projection of a spherical video; empty if the video is flat. */
    Optional<String> projection() {
        return sideData("Spherical Mapping").map(data -> data.getString("projection", "unknown"));
    }

    int channels() {
        return stream.getInteger("channels", 0);
    }

    /** FFmpeg's name of the channel layout; empty if the file does not state it. */
    String channelLayout() {
        return text("channel_layout").replace("unknown", "");
    }

    String language() {
        return stream.getJsonObject("tags", new JsonObject()).getString("language", "und");
    }

    String sampleRate() {
        return text("sample_rate");
    }

    /** Whether it accompanies the video for some of the audience only, in place of or in addition to the main audio. */
    boolean isAlternativeAudio() {
        return ALTERNATIVE_AUDIO.stream().anyMatch(this::has);
    }

    private Crop crop() {
        return sideData("Frame Cropping")
                .map(data -> new Crop(
                        data.getInteger("crop_top", 0),
                        data.getInteger("crop_bottom", 0),
                        data.getInteger("crop_left", 0),
                        data.getInteger("crop_right", 0)))
                .orElse(Crop.NONE);
    }

    /** Width of a pixel divided by its height, from {@code 16:15}; 1 if not stated. */
    static double aspectRatio(String text) {
        double aspect = text.matches("\\d+:\\d+") ? quotient(text, ":") : 1;
        return aspect > 0 ? aspect : 1;
    }

    /** The average rate; the base rate if the average is implausible (some containers count in time base units), else 0. */
    private double frameRate() {
        return Stream.of("avg_frame_rate", "r_frame_rate")
                .mapToDouble(key -> quotient(stream.getString(key, "0/0"), "/"))
                .filter(rate -> rate > 0 && rate <= MAX_FRAME_RATE)
                .findFirst()
                .orElse(0);
    }

    private static double quotient(String text, String separator) {
        String[] parts = text.split(separator, 2);
        double divisor = parts.length == 2 ? Double.parseDouble(parts[1]) : 1;
        return divisor == 0 ? 0 : Double.parseDouble(parts[0]) / divisor;
    }

    private DisplayMatrix displayMatrix() {
        return sideData("Display Matrix")
                .map(data -> {
                    List<Integer> elements = MATRIX_ELEMENT
                            .matcher(data.getString("displaymatrix", ""))
                            .results()
                            .map(element -> Integer.valueOf(element.group(1)))
                            .toList();
                    int rotation = Math.floorMod(-Math.round(data.getDouble("rotation", 0.0)), 360);
                    return elements.size() < 6
                            ? new DisplayMatrix(rotation, 1, 0, 1)
                            : new DisplayMatrix(rotation, elements.get(0), elements.get(3), elements.get(4));
                })
                .orElse(DisplayMatrix.IDENTITY);
    }

    private Optional<JsonObject> sideData(String type) {
        return sideData()
                .filter(data -> type.equals(data.getString("side_data_type")))
                .findFirst();
    }

    private Stream<JsonObject> sideData() {
        return FfprobeOutput.objects(stream, "side_data_list");
    }
}
