package dev.sluice.ffmpeg.trial;

import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.rendition.Rendition;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Selects the excerpts of a trial, spread over the video, by what the trial may cost. Pure. */
final class Excerpts {
    /** Length of an excerpt: more frames than the references of the presets with a trial span. */
    static final int FRAMES = 24;

    /** CPU time of a trial of several excerpts, and of one, of that of the encode. Starting FFmpeg is not counted. */
    private static final double MAX_COST = 0.015;

    private static final double MAX_SINGLE_COST = 0.025;
    /** Share of decoding and scaling in the CPU time of an encode; the rest is encoding, by pixels. */
    private static final double DECODING = 0.13;

    private static final int ENCODES = 2;
    private static final int MAX_COUNT = 12;

    private Excerpts() {}

    /**
     * Start times of the excerpts, in order, from the start of the video; empty if even one costs too much.
     *
     * @param renditions largest first
     */
    static List<Duration> starts(MediaInfo info, List<Rendition> renditions) {
        Duration duration = info.duration().orElse(Duration.ZERO);
        double frames = DecimalSeconds.toSeconds(duration) * info.video().frameRate();
        double excerpt = FRAMES * cost(renditions) / Math.max(1, frames);
        int several = (int) Math.min(MAX_COUNT, MAX_COST / excerpt);
        int count = several == 0 && excerpt <= MAX_SINGLE_COST ? 1 : several;
        return IntStream.range(0, count)
                .mapToObj(i -> duration.multipliedBy(2L * i + 1).dividedBy(2L * count))
                .toList();
    }

    /** CPU time of one frame of a trial, of that of a frame of the encode. */
    private static double cost(List<Rendition> renditions) {
        double pixels =
                renditions.stream().mapToLong(each -> each.size().pixels()).sum();
        double smallest = renditions.get(renditions.size() - 1).size().pixels();
        return DECODING + (1 - DECODING) * ENCODES * smallest / pixels;
    }
}
