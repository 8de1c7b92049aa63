package dev.sluice.ffmpeg.encode;

import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.segment.Segment;
import java.time.Duration;

/**
 * Expression for forced key frames: the first frame of each interval that has frames, counted from the first frame of the video.
 * Key frames have the same timestamps in all renditions, whatever the frame rate and the segments are. Pure.
 */
record KeyFrameSchedule(Duration interval) {
    /** For an encode that starts with the first frame of the video. */
    String forWholeFile() {
        return expression(Duration.ZERO);
    }

    /** @param firstFrame timestamp of the first frame of the segment; after its start with a variable frame rate */
    String forSegment(Segment segment, Duration firstFrame) {
        return expression(firstFrame.minus(segment.start()));
    }

    /**
     * FFmpeg counts {@code t} from the first frame that the encoder receives ({@code ffmpeg_enc.c}). The documented
     * {@code gte(t,n_forced*2)} is unsuitable: after a pause it forces, one by one, each key frame that was due in the pause.
     *
     * @param offset of that frame from the preceding boundary of an interval
     */
    private String expression(Duration offset) {
        String interval = "+" + DecimalSeconds.format(offset.plus(Segment.BOUNDARY_TOLERANCE)) + ")/"
                + DecimalSeconds.format(this.interval) + ")";
        return "expr:isnan(prev_forced_t)+gt(floor((t" + interval + ",floor((prev_forced_t" + interval + ")";
    }
}
