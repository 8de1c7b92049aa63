package dev.sluice.media.concat;

import dev.sluice.media.mp4.ByteSource;
import java.io.IOException;

/**
 * A video sample of the whole video.
 *
 * @param source that contains the sample
 * @param position in the source, bytes
 * @param sourceBytes of the sample in the source
 * @param part index of the part
 * @param prefixBytes of the parameter sets of the part that precede the sample
 * @param dts decoding time, ticks
 * @param pts presentation time, ticks
 * @param duration until the next sample is decoded, ticks
 */
record ConcatSample(
        ByteSource source,
        long position,
        int sourceBytes,
        int part,
        int prefixBytes,
        long dts,
        long pts,
        int duration,
        boolean isSync) {
    /** Receives the samples in decoding order. */
    interface Consumer {
        void accept(ConcatSample sample) throws IOException;
    }

    ConcatSample withDuration(int ticks) {
        return new ConcatSample(source, position, sourceBytes, part, prefixBytes, dts, pts, ticks, isSync);
    }

    /** Size of the sample in the whole video. */
    int bytes() {
        return prefixBytes + sourceBytes;
    }

    int compositionOffset() {
        return (int) (pts - dts);
    }
}
