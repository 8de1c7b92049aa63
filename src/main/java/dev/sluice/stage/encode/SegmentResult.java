package dev.sluice.stage.encode;

import dev.sluice.ffmpeg.segment.SegmentEncoder;
import dev.sluice.job.Loudness;
import dev.sluice.media.SourceDamage;
import dev.sluice.media.segment.EncodedSegment;
import dev.sluice.message.VideoMetadata;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/**
 * Result of a task for the join, in addition to its artifacts.
 *
 * @param frames empty for the audio
 * @param loudness of the audio
 */
record SegmentResult(Optional<EncodedSegment.FrameRange> frames, SourceDamage damage, Optional<Loudness> loudness) {
    private static final long NANOS_PER_MICRO = 1_000;
    private static final String LOUDNESS = "loudness";

    SegmentResult(EncodedSegment segment) {
        this(segment.frames(), segment.damage(), Optional.empty());
    }

    SegmentResult(SegmentEncoder.EncodedAudio audio) {
        this(Optional.empty(), audio.damage(), audio.loudness());
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject().put("cutShort", damage.truncated()).put("broken", damage.corrupt());
        frames.ifPresent(range -> json.put("frames", range.count())
                .put("firstMicros", range.first().toNanos() / NANOS_PER_MICRO));
        loudness.ifPresent(measured -> json.put(LOUDNESS, VideoMetadata.toJson(measured)));
        return json;
    }

    static SegmentResult of(JsonObject result) {
        SourceDamage damage =
                new SourceDamage(result.getBoolean("cutShort", false), result.getBoolean("broken", false));
        Optional<EncodedSegment.FrameRange> frames = result.containsKey("firstMicros")
                ? Optional.of(new EncodedSegment.FrameRange(
                        result.getLong("frames"), Duration.ofNanos(result.getLong("firstMicros") * NANOS_PER_MICRO)))
                : Optional.empty();
        return new SegmentResult(frames, damage, VideoMetadata.parseLoudness(result.getValue(LOUDNESS)));
    }
}
