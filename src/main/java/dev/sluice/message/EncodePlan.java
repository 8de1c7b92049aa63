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
 * How a long video is encoded: in which segments, and with which settings, so that all hosts do the same whatever their own are.
 * Tasks are numbered: the segments from 0, the sound behind them.
 *
 * @param begin when the picture begins, from the beginning of the file
 * @param end when it ends as far as one knows
 * @param each how long all segments but the last are
 * @param firsts for each segment when its first frame is shown; empty for one without
 * @param width of the source as it is shown, pixels
 * @param height likewise
 * @param withSound whether there is sound, which is a task of its own
 * @param encoding settings of the encode
 */
public record EncodePlan(
        Duration start,
        Duration end,
        Duration segmentDuration,
        List<Optional<Duration>> firstFrameTimes,
        int width,
        int height,
        boolean hasAudio,
        JsonObject encoding) {
    private static final int MAX_SEGMENTS = 100_000;
    private static final int LARGEST_SIDE = 1 << 20;
    private static final long LONGEST_MICROS = 1_000_000_000_000_000L;
    private static final long NONE = -1_000_000_000_000_000L;

    public EncodePlan {
        firstFrameTimes = List.copyOf(firstFrameTimes);
        encoding = encoding.copy();
    }

    public int segmentCount() {
        return firstFrameTimes.size();
    }

    /** How many tasks there are. */
    public int taskCount() {
        return segmentCount() + (hasAudio ? 1 : 0);
    }

    JsonObject toJson() {
        return new JsonObject()
                .put("beginMicros", micros(start))
                .put("endMicros", micros(end))
                .put("eachMicros", micros(segmentDuration))
                .put(
                        "firstMicros",
                        new JsonArray(firstFrameTimes.stream()
                                .map(first -> first.map(EncodePlan::micros).orElse(NONE))
                                .toList()))
                .put("width", width)
                .put("height", height)
                .put("withSound", hasAudio)
                .put("encoding", encoding);
    }

    /** @throws InvalidMessageException if it is none */
    static EncodePlan fromJson(JsonObject json) {
        if (!(json.getValue("firstMicros") instanceof JsonArray array
                && !array.isEmpty()
                && array.size() <= MAX_SEGMENTS
                && json.getValue("withSound") instanceof Boolean withSound
                && json.getValue("encoding") instanceof JsonObject encoding)) {
            throw new InvalidMessageException("The field 'plan' is not the plan of an encode.");
        }
        FieldReader fields = new FieldReader(json);
        return new EncodePlan(
                time(json, "beginMicros", 0),
                time(json, "endMicros", 0),
                time(json, "eachMicros", 1),
                IntStream.range(0, array.size())
                        .mapToObj(number -> first(array, number))
                        .toList(),
                fields.integer("width", 1, LARGEST_SIDE),
                fields.integer("height", 1, LARGEST_SIDE),
                withSound,
                encoding);
    }

    private static Optional<Duration> first(JsonArray array, int number) {
        if (!(array.getValue(number) instanceof Number micros)) {
            throw new InvalidMessageException("The field 'plan' has a time that is no number.");
        }
        return micros.longValue() == NONE ? Optional.empty() : Optional.of(ofMicros(micros.longValue()));
    }

    private static Duration time(JsonObject json, String field, long min) {
        if (json.getValue(field) instanceof Number micros
                && micros.longValue() >= min
                && micros.longValue() <= LONGEST_MICROS) {
            return ofMicros(micros.longValue());
        }
        throw new InvalidMessageException("The field 'plan' has no usable '" + field + "'.");
    }

    private static Duration ofMicros(long micros) {
        return Duration.ofNanos(Math.multiplyExact(micros, 1000L));
    }

    private static long micros(Duration time) {
        return Math.floorDiv(time.toNanos(), 1000L);
    }
}
