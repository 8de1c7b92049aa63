package dev.sluice.media.streaming;

import java.util.List;

/**
 * Bit rates of a playlist as RFC 8216bis, 4.4.6.2 defines them.
 *
 * @param peak largest bit rate of adjacent segments that together have 0.5 to 1.5 times the target duration, bit/s
 * @param average bit rate of all segments, bit/s
 */
record Bandwidth(long peak, long average) {
    static final Bandwidth NONE = new Bandwidth(0, 0);

    private static final double BITS_PER_BYTE = 8;

    /** @param targetSeconds of the playlist */
    static Bandwidth of(List<StreamSegment> segments, long timescale, long targetSeconds) {
        double average = rate(
                segments.stream().mapToLong(segment -> segment.range().bytes()).sum(),
                segments.stream().mapToLong(StreamSegment::duration).sum(),
                timescale);
        double peak = 0;
        for (int first = 0; first < segments.size(); first++) {
            long bytes = 0;
            long ticks = 0;
            for (int last = first; last < segments.size() && 2 * ticks <= 3 * targetSeconds * timescale; last++) {
                bytes += segments.get(last).range().bytes();
                ticks += segments.get(last).duration();
                if (2 * ticks >= targetSeconds * timescale && 2 * ticks <= 3 * targetSeconds * timescale) {
                    peak = Math.max(peak, rate(bytes, ticks, timescale));
                }
            }
        }
        return new Bandwidth((long) Math.ceil(Math.max(peak, average)), (long) Math.ceil(average));
    }

    Bandwidth plus(Bandwidth other) {
        return new Bandwidth(peak + other.peak, average + other.average);
    }

    private static double rate(long bytes, long ticks, long timescale) {
        return BITS_PER_BYTE * bytes * timescale / Math.max(1, ticks);
    }
}
