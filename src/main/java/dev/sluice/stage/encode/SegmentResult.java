package dev.sluice.stage.encode;

import dev.sluice.media.SourceDamage;
import dev.sluice.media.segment.EncodedSegment;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/** What the join has to know of a segment besides its files. */
record SegmentResult(Optional<EncodedSegment.FrameRange> frames, SourceDamage damage) {
    private static final long NANOS = 1_000;

    SegmentResult(EncodedSegment made) {
        this(made.frames(), made.damage());
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject().put("cutShort", damage.truncated()).put("broken", damage.corrupt());
        frames.ifPresent(shown -> json.put("frames", shown.count())
                .put("firstMicros", shown.first().toNanos() / NANOS));
        return json;
    }

    static SegmentResult of(JsonObject result) {
        SourceDamage damage =
                new SourceDamage(result.getBoolean("cutShort", false), result.getBoolean("broken", false));
        return result.containsKey("firstMicros")
                ? new SegmentResult(
                        Optional.of(new EncodedSegment.FrameRange(
                                result.getLong("frames"), Duration.ofNanos(result.getLong("firstMicros") * NANOS))),
                        damage)
                : new SegmentResult(Optional.empty(), damage);
    }
}
