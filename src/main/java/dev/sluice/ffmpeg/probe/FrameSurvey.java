package dev.sluice.ffmpeg.probe;

import dev.sluice.media.ColorInfo;
import dev.sluice.media.Dimensions;
import dev.sluice.media.PixelFormat;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private final List<Frame> frames = new ArrayList<>();

    /** Size and aspect ratio with which a frame is stored. */
    record Geometry(Dimensions size, double sampleAspectRatio) {}

    private record Frame(Geometry geometry, PixelFormat format, boolean interlaced, ColorInfo.Tags tags) {}

    /** Accepts a line of ffprobe's {@code compact} output. */
    void accept(String line) {
        Map<String, String> entries = new HashMap<>();
        Matcher matcher = ENTRY.matcher(line);
        while (matcher.find()) {
            entries.putIfAbsent(matcher.group(1), matcher.group(2));
        }
        Dimensions size = new Dimensions(integer(entries.get("width")), integer(entries.get("height")));
        if (size.pixels() > 0) {
            frames.add(new Frame(
                    new Geometry(size, FfprobeStream.aspectRatio(entries.getOrDefault("sample_aspect_ratio", "1:1"))),
                    new PixelFormat(entries.getOrDefault("pix_fmt", "")),
                    "1".equals(entries.get("interlaced_frame")),
                    new ColorInfo.Tags(
                            known(entries.get("color_space")),
                            known(entries.get("color_primaries")),
                            known(entries.get("color_transfer")),
                            known(entries.get("color_range")))));
        }
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
