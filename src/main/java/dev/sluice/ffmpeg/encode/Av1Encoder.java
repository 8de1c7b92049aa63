package dev.sluice.ffmpeg.encode;

import java.util.List;
import java.util.Locale;

/**
 * Options of SVT-AV1, with the quality that corresponds to that of H.264. Pure.
 *
 * @param h264Crf constant rate factor of the H.264 renditions
 * @param frameRate of the source on average, frames per second; 0 if unknown
 */
record Av1Encoder(int h264Crf, double frameRate) {
    /** As fast as preset medium of x264. From 10 on, SVT-AV1 warns of artifacts. */
    private static final int PRESET = 8;
    /** Belongs to {@link #H264_CRF}: 41 % fewer bytes, SSIM 0.987 instead of 0.989. */
    private static final int CRF = 35;

    private static final int H264_CRF = 23;
    /** Steps for each step of x264: the bytes are halved after about 12 steps of SVT-AV1, and after about 7 of x264. */
    private static final int STEPS = 2;

    private static final int MAX_CRF = 63;
    private static final double DEFAULT_FRAME_RATE = 30;
    /** SVT-AV1 rejects higher rates. It uses the rate for the maximum bitrate only, not for timestamps. */
    private static final double MAX_FRAME_RATE = 240;

    /** More of it needs more memory: 9 GiB of address space for 2160p with 6. */
    private static final int MAX_PARALLELISM = 4;

    /**
     * Options of an output stream.
     *
     * @param stream number of the stream among those of video
     * @param threads 1 or more
     */
    List<String> options(int stream, int threads) {
        int crf = Math.max(1, Math.min(MAX_CRF, CRF + STEPS * (h264Crf - H264_CRF)));
        double rate = frameRate > 0 ? Math.max(1, Math.min(MAX_FRAME_RATE, frameRate)) : DEFAULT_FRAME_RATE;
        return List.of(
                "-preset:v:" + stream,
                Integer.toString(PRESET),
                "-crf:v:" + stream,
                Integer.toString(crf),
                "-svtav1-params:v:" + stream,
                String.format(
                        Locale.ROOT,
                        "lp=%d:fps-num=%d:fps-denom=1000",
                        Math.min(MAX_PARALLELISM, threads),
                        Math.round(1000 * rate)));
    }
}
