package dev.sluice.message;

import dev.sluice.message.json.FieldReader;
import dev.sluice.message.json.InvalidMessageException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How a long video is encoded in tasks: its segments and settings, which all hosts use instead of their own configuration. The
 * tasks are numbered: the segments from 0, then the audio.
 *
 * @param start of the video stream, from the start of the file
 * @param end estimated end of the video stream
 * @param segmentDuration of all segments but the last
 * @param firstFrameTimes timestamp of the first frame of each segment; empty for a segment without frames
 * @param video properties of the source by which renditions are selected and verified
 * @param hasAudio whether the audio is encoded, in a task of its own
 * @param audioStart of the audio stream, from the start of the file; empty if not stated
 * @param audioEnd of the audio stream, from the start of the file; empty if not stated
 * @param warnings about the source, one sentence each
 * @param encoding settings of the encode
 * @param growing fencing token of the run that made this plan, if the segments are published while the video is encoded
 */
public record EncodePlan(
        Duration start,
        Duration end,
        Duration segmentDuration,
        List<Optional<Duration>> firstFrameTimes,
        Video video,
        boolean hasAudio,
        Optional<Duration> audioStart,
        Optional<Duration> audioEnd,
        List<String> warnings,
        JsonObject encoding,
        Optional<Integer> growing) {
    private static final double MAX_FRAME_RATE = 300;
    private static final int MAX_SEGMENTS = 100_000;
    private static final int MAX_WARNINGS = 100;
    private static final int MAX_SIDE = 1 << 20;
    private static final long MAX_MICROS = 1_000_000_000_000_000L;
    private static final String GROWING = "growing";
    private static final long NO_FRAME = -1_000_000_000_000_000L;

    /**
     * Properties of the video.
     *
     * @param width display width of the source, pixels
     * @param height display height of the source, pixels
     * @param frameRate in frames per second; the highest accepted one if not known
     * @param color name of the color standard of the renditions; empty if not known
     */
    public record Video(int width, int height, double frameRate, String color) {}

    public EncodePlan {
        firstFrameTimes = List.copyOf(firstFrameTimes);
        warnings = List.copyOf(warnings);
        encoding = encoding.copy();
    }

    /** With these settings of the encode. */
    public EncodePlan withEncoding(JsonObject settings) {
        return with(settings, growing);
    }

    /** A plan whose segments are published while the video is encoded. */
    public EncodePlan withGrowing(int fencingToken) {
        return with(encoding, Optional.of(fencingToken));
    }

    private EncodePlan with(JsonObject settings, Optional<Integer> fencingToken) {
        return new EncodePlan(
                start,
                end,
                segmentDuration,
                firstFrameTimes,
                video,
                hasAudio,
                audioStart,
                audioEnd,
                warnings,
                settings,
                fencingToken);
    }

    public int segmentCount() {
        return firstFrameTimes.size();
    }

    public int taskCount() {
        return segmentCount() + (hasAudio ? 1 : 0);
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject()
                .put("beginMicros", micros(start))
                .put("endMicros", micros(end))
                .put("eachMicros", micros(segmentDuration))
                .put(
                        "firstMicros",
                        new JsonArray(firstFrameTimes.stream()
                                .map(first -> first.map(EncodePlan::micros).orElse(NO_FRAME))
                                .toList()))
                .put("width", video.width())
                .put("height", video.height())
                .put("frameRate", video.frameRate())
                .put("color", video.color())
                .put("withSound", hasAudio)
                .put("warnings", new JsonArray(warnings))
                .put("encoding", encoding);
        audioStart.ifPresent(time -> json.put("audioBeginMicros", micros(time)));
        audioEnd.ifPresent(time -> json.put("audioEndMicros", micros(time)));
        growing.ifPresent(token -> json.put(GROWING, token));
        return json;
    }

    static EncodePlan fromJson(JsonObject json) {
        if (!(json.getValue("firstMicros") instanceof JsonArray array
                && !array.isEmpty()
                && array.size() <= MAX_SEGMENTS
                && json.getValue("withSound") instanceof Boolean hasAudio
                && json.getValue("encoding") instanceof JsonObject encoding)) {
            throw new InvalidMessageException("The field 'plan' must be an encode plan.");
        }
        FieldReader fields = new FieldReader(json);
        return new EncodePlan(
                time(json, "beginMicros", 0),
                time(json, "endMicros", 0),
                time(json, "eachMicros", 1),
                IntStream.range(0, array.size())
                        .mapToObj(segment -> firstFrameTime(array, segment))
                        .toList(),
                video(json, fields),
                hasAudio,
                optionalTime(json, "audioBeginMicros"),
                optionalTime(json, "audioEndMicros"),
                warnings(json),
                encoding,
                json.getValue(GROWING) == null
                        ? Optional.empty()
                        : Optional.of(fields.integer(GROWING, 1, Integer.MAX_VALUE)));
    }

    /** Plans of earlier versions have no frame rate and color. */
    private static Video video(JsonObject json, FieldReader fields) {
        return new Video(
                fields.integer("width", 1, MAX_SIDE),
                fields.integer("height", 1, MAX_SIDE),
                json.getValue("frameRate") instanceof Number rate ? rate.doubleValue() : MAX_FRAME_RATE,
                json.getValue("color") instanceof String color ? color : "");
    }

    private static Optional<Duration> optionalTime(JsonObject json, String field) {
        return json.containsKey(field) ? Optional.of(time(json, field, -MAX_MICROS)) : Optional.empty();
    }

    private static List<String> warnings(JsonObject json) {
        if (!(json.getValue("warnings", new JsonArray()) instanceof JsonArray array
                && array.size() <= MAX_WARNINGS
                && array.stream().allMatch(String.class::isInstance))) {
            throw new InvalidMessageException(
                    "The field 'plan' must contain 'warnings' as at most " + MAX_WARNINGS + " strings.");
        }
        return array.stream().map(String.class::cast).toList();
    }

    private static Optional<Duration> firstFrameTime(JsonArray array, int segment) {
        if (!(array.getValue(segment) instanceof Number micros)) {
            throw new InvalidMessageException("The field 'plan' must contain 'firstMicros' as numbers.");
        }
        return micros.longValue() == NO_FRAME ? Optional.empty() : Optional.of(ofMicros(micros.longValue()));
    }

    private static Duration time(JsonObject json, String field, long min) {
        if (json.getValue(field) instanceof Number micros
                && micros.longValue() >= min
                && micros.longValue() <= MAX_MICROS) {
            return ofMicros(micros.longValue());
        }
        throw new InvalidMessageException(
                "The field 'plan' must contain '" + field + "' as a number from " + min + " to " + MAX_MICROS + ".");
    }

    private static Duration ofMicros(long micros) {
        return Duration.ofNanos(Math.multiplyExact(micros, 1000L));
    }

    private static long micros(Duration time) {
        return Math.floorDiv(time.toNanos(), 1000L);
    }
}
