package dev.sluice.ffmpeg.encode;

import dev.sluice.config.MediaConfig;
import dev.sluice.media.VideoStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/** Options and lookahead that make x264's rate control treat a segment like a part of the whole video. */
final class SegmentRateControl {
    /** Presets without macroblock tree, and so without the difference. */
    private static final Set<String> WITHOUT_TREE = Set.of("ultrafast", "superfast");
    /** x264's default of {@code ipratio}: a key frame is quantized finer than the frames after it by this factor. */
    private static final double IP_RATIO = 1.4;
    /** Six steps of the quantizer double it. */
    private static final double CRF_OFFSET = 6 * Math.log(IP_RATIO) / Math.log(2);
    /** Less than x264's own lookahead; enough for the last frames of a segment to get 98 % of the bits they get in one piece. */
    private static final int LOOKAHEAD_FRAMES = 10;
    /** Assumed if the frame rate is unknown. */
    private static final int DEFAULT_FRAME_RATE = 25;

    private SegmentRateControl() {}

    /**
     * Time after a segment that the encoder receives as well; its frames are dropped after encoding. Macroblock tree assigns bits
     * to the frames before a key frame only if it can look past that key frame ({@code slicetype.c}: "there will be significant
     * visual artifacts if the frames just before go down in quality").
     */
    static Duration lookahead(MediaConfig config, VideoStream video) {
        double rate = video.frameRate() > 0 ? video.frameRate() : DEFAULT_FRAME_RATE;
        return usesMbTree(config) ? Duration.ofMillis(Math.round(1000 * LOOKAHEAD_FRAMES / rate)) : Duration.ZERO;
    }

    private static boolean usesMbTree(MediaConfig config) {
        return !WITHOUT_TREE.contains(config.x264().preset());
    }

    /**
     * More encoder parameters for a segment that does not start the video. With macroblock tree, x264 quantizes a key frame finer by
     * {@code ipratio} than the frames before it, but the first frame of an encode as coarsely as they are
     * ({@code rate_estimate_qscale} in {@code ratecontrol.c}): it was a fifth smaller than the same frame in one piece. A zone of
     * that one frame compensates for it.
     */
    static String continuation(MediaConfig config) {
        double crf = config.x264().crf() - CRF_OFFSET;
        return usesMbTree(config) && crf > 0 ? String.format(Locale.ROOT, ":zones=0,0,crf=%.2f", crf) : "";
    }
}
