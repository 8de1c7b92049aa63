package dev.sluice.media.hybrid;

import dev.sluice.media.mp4.Mp4Track;
import dev.sluice.media.mp4.SampleCursor;

/**
 * A movie fragment of one track: samples that follow each other in decoding order. A video fragment is a GOP.
 *
 * @param firstSample index in the track; -1 for packets of silence, which only the fragments have
 * @param samples number of samples
 * @param bytes of all samples
 * @param firstBytes of the first sample
 * @param decodeTime of the first sample, ticks of the track
 * @param start presentation time of the first sample, ticks
 * @param end presentation time of the end, ticks
 * @param duration of each sample, ticks; -1 if they differ
 */
record Fragment(
        Mp4Track track,
        int firstSample,
        int samples,
        long bytes,
        int firstBytes,
        long decodeTime,
        long start,
        long end,
        int duration) {

    private static final int VARIABLE = -1;
    private static final int SILENCE = -1;

    static Fragment silence(Mp4Track track, int packets, long start) {
        long duration = (long) packets * SilentPacket.SAMPLES;
        return new Fragment(
                track,
                SILENCE,
                packets,
                (long) packets * SilentPacket.BYTES.length,
                SilentPacket.BYTES.length,
                start,
                start,
                start + duration,
                SilentPacket.SAMPLES);
    }

    boolean isSilence() {
        return firstSample == SILENCE;
    }

    boolean hasSameDurations() {
        return duration != VARIABLE;
    }

    boolean isVideo() {
        return track.kind() == Mp4Track.Kind.VIDEO;
    }

    /** Collects the samples of one fragment. */
    static final class Builder {
        private final Mp4Track track;
        private final int firstSample;
        private final int firstBytes;
        private final long decodeTime;
        private final long start;
        private int duration;
        private int samples;
        private long bytes;
        private long end = Long.MIN_VALUE;

        /** Starts a fragment with the current sample of the cursor. */
        Builder(Mp4Track track, SampleCursor first) {
            this.track = track;
            this.firstSample = first.index();
            this.firstBytes = first.size();
            this.start = first.presentationTime();
            this.decodeTime = track.kind() == Mp4Track.Kind.VIDEO ? first.decodeTime() : start;
            this.duration = first.duration();
        }

        void add(SampleCursor sample) {
            samples++;
            bytes += sample.size();
            end = Math.max(end, sample.presentationTime() + sample.duration());
            if (sample.duration() != duration) {
                duration = VARIABLE;
            }
        }

        long start() {
            return start;
        }

        Fragment build() {
            return new Fragment(track, firstSample, samples, bytes, firstBytes, decodeTime, start, end, duration);
        }
    }
}
