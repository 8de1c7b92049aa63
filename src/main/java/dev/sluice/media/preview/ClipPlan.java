package dev.sluice.media.preview;

import dev.sluice.media.Dimensions;
import java.time.Duration;
import java.util.List;

/**
 * What a preview clip shows: four shots of 0.75 s, or a video in which they would overlap from its start. Pure.
 *
 * @param size of the frames, at most 320 pixels on the longer side
 * @param starts times in the video at which the shots start, ascending
 * @param shotFrames frames of each shot
 */
public record ClipPlan(Dimensions size, List<Duration> starts, int shotFrames) {
    /** Frames per second. */
    public static final int FRAME_RATE = 12;

    private static final int LONG_SIDE = 320;
    private static final int SHOT_FRAMES = 9;
    private static final int MILLIS = 1000;
    /** Starts of the shots, in tenths of the video. The shortest distance, and that of the last one to the end, is two. */
    private static final List<Integer> TENTHS = List.of(1, 3, 6, 8);

    private static final Duration MIN_SHOTS =
            Duration.ofMillis((long) MILLIS * SHOT_FRAMES / FRAME_RATE).multipliedBy(5);

    public ClipPlan {
        starts = List.copyOf(starts);
    }

    /**
     * Plans the clip of a video. One shorter than 3.75 s has one shot, of 3 s at most.
     *
     * @param rendition size of the frames from which it is made
     * @param start time of the first frame
     */
    public static ClipPlan of(Dimensions rendition, Duration start, Duration length) {
        Dimensions size = rendition.limitedTo(LONG_SIDE);
        if (length.compareTo(MIN_SHOTS) < 0) {
            long frames = Math.round((double) length.toMillis() * FRAME_RATE / MILLIS);
            return new ClipPlan(size, List.of(start), (int)
                    Math.max(1, Math.min(frames, (long) SHOT_FRAMES * TENTHS.size())));
        }
        return new ClipPlan(
                size,
                TENTHS.stream()
                        .map(tenth -> start.plus(length.multipliedBy(tenth).dividedBy(10)))
                        .toList(),
                SHOT_FRAMES);
    }

    /** Frames of the clip. */
    public int frames() {
        return starts.size() * shotFrames;
    }
}
