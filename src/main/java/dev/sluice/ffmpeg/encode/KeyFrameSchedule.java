package dev.sluice.ffmpeg.encode;

import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.segment.Segment;
import java.time.Duration;

/**
 * Which frames are to be key frames: the first one of each interval that has any, counted from the film's first frame. So they are
 * at the same times in all renditions, whatever the frame rate does and however it is cut. Pure.
 */
final class KeyFrameSchedule {
    private final Duration interval;

    KeyFrameSchedule(Duration interval) {
        this.interval = interval;
    }

    /** For an encode that begins with the film. */
    String forWholeFile() {
        return ofEncode(Duration.ZERO);
    }

    /** @param first when the first frame of the segment is shown; later than where it begins with a variable rate */
    String forSegment(Segment segment, Duration first) {
        return ofEncode(first.minus(segment.start()));
    }

    /**
     * FFmpeg counts {@code t} from the first frame that its encoder sees ({@code ffmpeg_enc.c}). What its documentation shows,
     * {@code gte(t,n_forced*2)}, makes up after a pause for each key frame that would have been in it, one by one.
     *
     * @param behind how far that frame is behind a line of the grid
     */
    private String ofEncode(Duration behind) {
        String onGrid = "+" + DecimalSeconds.format(behind.plus(Segment.BOUNDARY_TOLERANCE)) + ")/"
                + DecimalSeconds.format(interval) + ")";
        return "expr:isnan(prev_forced_t)+gt(floor((t" + onGrid + ",floor((prev_forced_t" + onGrid + ")";
    }
}
