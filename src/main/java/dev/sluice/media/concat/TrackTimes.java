package dev.sluice.media.concat;

import dev.sluice.media.mp4.Box;
import dev.sluice.media.mp4.BoxBuffer;
import dev.sluice.media.mp4.Mp4Reader;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Times of a track, and the boxes that state them, as FFmpeg's MP4 muxer writes them ({@code movenc.c}).
 *
 * @param timescale ticks per second
 * @param startDts decoding time of the first sample, ticks
 * @param startOffset smallest presentation time minus decoding time of the first sample and of those that are decoded before time
 *     0 or at it, ticks
 * @param endPts end of the last presented sample, ticks
 */
record TrackTimes(long timescale, long startDts, long startOffset, long endPts) {
    /** Ticks per second of the movie: FFmpeg's default. */
    static final int MOVIE_TIMESCALE = 1000;

    /** {@code tkhd}: reserved fields, layer, group, volume, matrix, width and height. */
    static final int TRACK_HEADER_TAIL = 60;

    private static final long MAX_TICKS = Long.MAX_VALUE / (1 << 20);

    TrackTimes {
        Mp4Reader.require(
                Math.abs(startDts) < MAX_TICKS && Math.abs(startOffset) < MAX_TICKS && Math.abs(endPts) < MAX_TICKS,
                "a timestamp is too large");
    }

    /** FFmpeg's start of the presentation, ticks: before the first frame if another one has a smaller offset. */
    private long start() {
        return startDts + startOffset;
    }

    /** Time in the movie at which the track starts; negative if its start is not presented. Milliseconds, rounded down. */
    private long delay() {
        return Math.floorDiv(start() * MOVIE_TIMESCALE, timescale);
    }

    /** Milliseconds, rounded up. */
    private long length() {
        return ceilMillis(endPts - start());
    }

    private long ceilMillis(long ticks) {
        return -Math.floorDiv(-ticks * MOVIE_TIMESCALE, timescale);
    }

    /** End of the track in the movie, milliseconds, rounded up. */
    int end() {
        long end = Math.max(0, ceilMillis(endPts));
        Mp4Reader.require(end < Integer.MAX_VALUE, "a track is too long");
        return (int) end;
    }

    PlannedBox editList() {
        long delay = delay();
        long mediaTime = delay < 0 ? Math.max(0, -startDts) : startOffset;
        long duration = length() + Math.min(0, delay);
        boolean large = mediaTime >= Integer.MAX_VALUE;
        BoxBuffer list = new BoxBuffer().int32(large ? 1 << 24 : 0, delay > 0 ? 2 : 1);
        if (delay > 0) {
            addEdit(list, large, delay, -1);
        }
        addEdit(list, large, duration, mediaTime);
        return PlannedBox.of("edts", BoxBuffer.box("elst", list.toBytes()));
    }

    private static void addEdit(BoxBuffer list, boolean large, long duration, long mediaTime) {
        byte[] edit = large
                ? ByteBuffer.allocate(2 * Long.BYTES)
                        .putLong(duration)
                        .putLong(mediaTime)
                        .array()
                : new BoxBuffer().int32((int) duration, (int) mediaTime).toBytes();
        var unused = list.add(edit).int32(1 << 16);
    }

    /** {@code tkhd} of a track with another number and these times. */
    PlannedBox trackHeader(Mp4Reader reader, Box tkhd, int id) throws IOException {
        Mp4Reader.require(tkhd.bodyBytes() >= TRACK_HEADER_TAIL, "the box 'tkhd' is too short");
        int flags = reader.int32(tkhd.body()) & 0xff_ffff;
        return PlannedBox.of(
                "tkhd",
                new BoxBuffer()
                        .int32(flags, 0, 0, id, 0, end())
                        .add(reader.bytes(tkhd.end() - TRACK_HEADER_TAIL, TRACK_HEADER_TAIL))
                        .toBytes());
    }

    /** {@code mdhd} with the language of another one. */
    PlannedBox mediaHeader(Mp4Reader reader, Box mdhd) throws IOException {
        long ticks = endPts - start();
        BoxBuffer header = ticks < Integer.MAX_VALUE
                ? new BoxBuffer().int32(0, 0, 0, (int) timescale, (int) ticks)
                : new BoxBuffer()
                        .int32(1 << 24, 0, 0, 0, 0, (int) timescale, (int) (ticks >>> Integer.SIZE), (int) ticks);
        return PlannedBox.of(
                "mdhd", header.int32(reader.int32(mdhd.end() - Integer.BYTES)).toBytes());
    }

    /** {@code mvhd} of a movie with tracks numbered from 1. */
    static PlannedBox movieHeader(int duration, int tracks) {
        return PlannedBox.of(
                "mvhd",
                new BoxBuffer()
                        .int32(0, 0, 0, MOVIE_TIMESCALE, duration, 1 << 16, 1 << 24, 0, 0)
                        .int32(1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
                        .int32(0, 0, 0, 0, 0, 0, tracks + 1)
                        .toBytes());
    }
}
