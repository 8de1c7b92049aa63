package dev.sluice.ffmpeg.encode;

import dev.sluice.config.MediaConfig;
import dev.sluice.media.VideoStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What x264's rate control is told of a segment, so that it does as it does within a whole film. */
final class SegmentRateControl {
    /** They do without macroblock tree, and with it without the difference. */
    private static final Set<String> WITHOUT_TREE = Set.of("ultrafast", "superfast");
    /** How much finer a key frame is quantized than what follows it: x264's default of {@code ipratio}. */
    private static final double IP_RATIO = 1.4;
    /** Six steps of the quantizer double it. */
    private static final double CRF_OFFSET = 6 * Math.log(IP_RATIO) / Math.log(2);

    /** What x264 looks ahead is more; with so many frames the last ones of a segment have 98 % of their bits in the whole. */
    private static final int FRAMES_AHEAD = 10;
    /** Where nobody knows how many frames a second has. */
    private static final int USUAL_RATE = 25;

    private SegmentRateControl() {}

    /**
     * How much more of the film than its segment an encoder is to see. Macroblock tree gives the frames before a key frame what they
     * have only because it looks past that ({@code slicetype.c}: "there will be significant visual artifacts if the frames just
     * before go down in quality"); at the end of a segment there would be nothing to look at. What is encoded of it is dropped.
     */
    static Duration lookahead(MediaConfig config, VideoStream video) {
        double rate = video.frameRate() > 0 ? video.frameRate() : USUAL_RATE;
        return usesMbTree(config) ? Duration.ofMillis(Math.round(1000 * FRAMES_AHEAD / rate)) : Duration.ZERO;
    }

    private static boolean usesMbTree(MediaConfig config) {
        return !WITHOUT_TREE.contains(config.x264().preset());
    }

    /**
     * Options for a segment that begins within a film. With macroblock tree a key frame is quantized by {@code ipratio} finer than
     * the frames before it, but the first one of all as coarsely as they are ({@code rate_estimate_qscale} in x264's
     * {@code ratecontrol.c}): it came out a fifth smaller than the same frame in the whole. A zone of that one frame makes up for
     * it.
     */
    static List<String> continuationOptions(MediaConfig config) {
        double finer = config.x264().crf() - CRF_OFFSET;
        return usesMbTree(config) && finer > 0
                ? List.of("-x264-params", String.format(Locale.ROOT, "zones=0,0,crf=%.2f", finer))
                : List.of();
    }
}
