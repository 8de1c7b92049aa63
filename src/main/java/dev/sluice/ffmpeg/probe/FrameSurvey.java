package dev.sluice.ffmpeg.probe;

import dev.sluice.media.ColorInfo;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.Dimensions;
import dev.sluice.media.PixelFormat;
import dev.sluice.media.VideoStream.AspectChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Properties of decoded frames, spread over a video, as printed by ffprobe: headers can be silent or wrong. */
final class FrameSurvey {
    /** The entries that ffprobe prints; the output has its own order, and side data in between. */
    static final String ENTRIES =
            "frame=width,height,pix_fmt,sample_aspect_ratio,interlaced_frame,color_range,color_space,"
                    + "color_primaries,color_transfer";

    private static final Pattern ENTRY = Pattern.compile("(?:^|\\|)(\\w+)=([^|]*)");

    /** The entries of all key frames for {@link #acceptKeyFrame}. */
    static final String KEY_FRAME_ENTRIES = "frame=best_effort_timestamp_time,sample_aspect_ratio";
    /** A file with more changes is not a recording. */
    private static final int MAX_ASPECT_CHANGES = 100;

    private static final double SAME_ASPECT = 0.001;

    private final List<Frame> frames = new ArrayList<>();
    private final List<AspectChange> aspects = new ArrayList<>();

    /** Size and aspect ratio with which a frame is stored. */
    record Geometry(Dimensions size, double sampleAspectRatio) {}

    private record Frame(Geometry geometry, PixelFormat format, boolean interlaced, ColorInfo.Tags tags) {}

    /** The survey of a video of which no frame was decoded: its header in place of a frame. */
    static FrameSurvey ofHeader(Function<String, @Nullable String> entries) {
        FrameSurvey survey = new FrameSurvey();
        survey.frames.add(frame(entries));
        return survey;
    }

    /** Accepts a line of ffprobe's {@code compact} output. */
    void accept(String line) {
        Map<String, String> entries = entries(line);
        Frame frame = frame(entries::get);
        if (frame.geometry().size().pixels() > 0) {
            frames.add(frame);
        }
    }

    /** Accepts a line of ffprobe's {@code compact} output for one of all key frames, in order. */
    void acceptKeyFrame(String line) {
        Map<String, String> entries = entries(line);
        Optional<Duration> time = DecimalSeconds.parse(entries.get("best_effort_timestamp_time"));
        double aspect = FfprobeStream.aspectRatio(text(entries.get("sample_aspect_ratio")));
        boolean isNew = aspects.isEmpty()
                || Math.abs(aspects.get(aspects.size() - 1).sampleAspectRatio() - aspect) > SAME_ASPECT;
        time.filter(found -> isNew && aspects.size() <= MAX_ASPECT_CHANGES)
                .ifPresent(found -> aspects.add(new AspectChange(found, aspect)));
    }

    private static Map<String, String> entries(String line) {
        Map<String, String> entries = new HashMap<>();
        Matcher matcher = ENTRY.matcher(line);
        while (matcher.find()) {
            entries.putIfAbsent(matcher.group(1), matcher.group(2));
        }
        return entries;
    }

    private static Frame frame(Function<String, @Nullable String> entries) {
        return new Frame(
                new Geometry(
                        new Dimensions(integer(entries.apply("width")), integer(entries.apply("height"))),
                        FfprobeStream.aspectRatio(text(entries.apply("sample_aspect_ratio")))),
                new PixelFormat(text(entries.apply("pix_fmt"))),
                "1".equals(entries.apply("interlaced_frame")),
                new ColorInfo.Tags(
                        known(entries.apply("color_space")),
                        known(entries.apply("color_primaries")),
                        known(entries.apply("color_transfer")),
                        known(entries.apply("color_range"))));
    }

    private static String text(@Nullable String value) {
        return Objects.requireNonNullElse(value, "");
    }

    private static int integer(@Nullable String text) {
        return text != null && text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
    }

    private static Optional<String> known(@Nullable String tag) {
        return Optional.ofNullable(tag).filter(value -> !value.equals("unknown") && !value.equals("N/A"));
    }

    boolean isEmpty() {
        return frames.isEmpty();
    }

    /** The geometry of most frames; of several, the largest. */
    Geometry geometry() {
        Map<Geometry, Integer> counts = new HashMap<>();
        frames.forEach(frame -> counts.merge(frame.geometry(), 1, Integer::sum));
        return counts.entrySet().stream()
                .max(Map.Entry.<Geometry, Integer>comparingByValue()
                        .thenComparing(
                                Map.Entry::getKey,
                                Comparator.comparingLong(each -> each.size().pixels())))
                .orElseThrow()
                .getKey();
    }

    boolean changesGeometry() {
        return frames.stream().map(Frame::geometry).distinct().count() > 1;
    }

    /** Whether pixels are not square in some frame. */
    boolean isAnamorphic() {
        return frames.stream().anyMatch(frame -> Math.abs(frame.geometry().sampleAspectRatio() - 1) > SAME_ASPECT);
    }

    /** The aspect ratios of all key frames; empty if it does not change, or only the frames at some points were decoded. */
    List<AspectChange> aspectChanges() {
        return aspects.size() > 1 ? List.copyOf(aspects) : List.of();
    }

    boolean hasInterlacedFrames() {
        return frames.stream().anyMatch(Frame::interlaced);
    }

    /** The format of the first frame, for which FFmpeg configures its filters. */
    PixelFormat pixelFormat() {
        return frames.get(0).format();
    }

    /** The tags of the first frame. */
    ColorInfo.Tags tags() {
        return frames.get(0).tags();
    }
}
