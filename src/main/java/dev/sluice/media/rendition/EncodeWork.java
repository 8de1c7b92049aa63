package dev.sluice.media.rendition;

import dev.sluice.config.MediaConfig;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.MediaInfo;

/**
 * What the time of an encode depends on.
 *
 * @param frames by the duration and frame rate in the header
 * @param pixelsPerFrame of all renditions, those in AV1 as many as the preset of H.264 encodes in their time, and a tenth of those of
 *     the source for its decode
 * @param threads that FFmpeg may use, 1 or more
 */
public record EncodeWork(SpeedClass speedClass, long frames, double pixelsPerFrame, int threads) {
    /** Decoding and scaling a pixel relative to encoding one. */
    private static final double DECODE_SHARE = 0.1;

    private static final double DEFAULT_FRAME_RATE = 30;

    /** The work for all renditions of a source. */
    public static EncodeWork of(MediaInfo info, MediaConfig media, int threads) {
        SpeedClass speedClass = SpeedClass.of(info, media.x264().preset());
        // SVT-AV1 takes about the time of preset medium, whatever the preset of H.264 is.
        double encoded = new RenditionLadder(media)
                .renditions(info.video().displaySize()).stream()
                        .mapToDouble(rendition ->
                                rendition.size().pixels() * (rendition.isAv1() ? speedClass.relativeSpeed() : 1))
                        .sum();
        double seconds = info.duration().map(DecimalSeconds::toSeconds).orElse(0.0);
        double rate = info.video().frameRate() > 0 ? info.video().frameRate() : DEFAULT_FRAME_RATE;
        return new EncodeWork(
                speedClass,
                Math.round(seconds * rate),
                encoded + DECODE_SHARE * info.video().displaySize().pixels(),
                threads);
    }

    /** The same work for another number of frames. */
    public EncodeWork withFrames(long counted) {
        return new EncodeWork(speedClass, counted, pixelsPerFrame, threads);
    }
}
