package dev.sluice.stage.encode;

import dev.sluice.media.SourceDamage;
import dev.sluice.media.segment.EncodedSegment;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/** Result of a task for the join, in addition to its artifacts; without frames for the audio. */
record SegmentResult(Optional<EncodedSegment.FrameRange> frames, SourceDamage damage) {
    private static final long NANOS_PER_MICRO = 1_000;

    SegmentResult(EncodedSegment segment) {
        this(segment.frames(), segment.damage());
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject().put("cutShort", damage.truncated()).put("broken", damage.corrupt());
        frames.ifPresent(range -> json.put("frames", range.count())
                .put("firstMicros", range.first().toNanos() / NANOS_PER_MICRO));
        return json;
    }

    static SegmentResult of(JsonObject result) {
        SourceDamage damage =
                new SourceDamage(result.getBoolean("cutShort", false), result.getBoolean("broken", false));
        return result.containsKey("firstMicros")
                ? new SegmentResult(
                        Optional.of(new EncodedSegment.FrameRange(
                                result.getLong("frames"),
                                Duration.ofNanos(result.getLong("firstMicros") * NANOS_PER_MICRO))),
                        damage)
                : new SegmentResult(Optional.empty(), damage);
    }
}
