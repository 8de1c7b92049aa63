package dev.sluice.ffmpeg.encode;

import dev.sluice.media.Dimensions;
import java.util.stream.Stream;

/**
 * Levels of H.264 and their limits (ITU-T H.264, table A-1).
 *
 * @param idc ten times the level
 * @param maxRate macroblocks per second
 * @param maxSize macroblocks of a frame
 * @param maxReferences macroblocks of all reference frames
 * @param maxBitrate in kbit/s
 * @param maxBuffer of the coded picture buffer, in kbit
 */
record H264Level(int idc, long maxRate, long maxSize, long maxReferences, long maxBitrate, long maxBuffer) {
    private static final int MACROBLOCK = 16;
    private static final long KILO = 1000;
    private static final String LIMITS = "10 1485 99 396 64 175,11 3000 396 900 192 500,12 6000 396 2376 384 1000,"
            + "13 11880 396 2376 768 2000,20 11880 396 2376 2000 2000,21 19800 792 4752 4000 4000,"
            + "22 20250 1620 8100 4000 4000,30 40500 1620 8100 10000 10000,31 108000 3600 18000 14000 14000,"
            + "32 216000 5120 20480 20000 20000,40 245760 8192 32768 20000 25000,"
            + "41 245760 8192 32768 50000 62500,42 522240 8704 34816 50000 62500,"
            + "50 589824 22080 110400 135000 135000,51 983040 36864 184320 240000 240000,"
            + "52 2073600 36864 184320 240000 240000,60 4177920 139264 696320 240000 240000,"
            + "61 8355840 139264 696320 480000 480000";

    /** The highest, without limits: an encoder has no better choice. */
    private static final H264Level HIGHEST = new H264Level(62, 16_711_680, 139_264, 696_320, 800_000, 800_000);

    private static H264Level of(String limits) {
        long[] numbers = Stream.of(limits.split(" ")).mapToLong(Long::parseLong).toArray();
        return new H264Level((int) numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
    }

    /**
     * The lowest level that a video needs.
     *
     * @param frameRate in frames per second
     * @param references number of reference frames
     * @param bitrate maximum, in bit/s
     * @param buffer of the rate control, in bits
     */
    static H264Level required(Dimensions size, double frameRate, int references, int bitrate, int buffer) {
        long macroblocks = blocks(size.width()) * blocks(size.height());
        return Stream.of(LIMITS.split(","))
                .map(H264Level::of)
                .filter(level -> level.maxSize >= macroblocks
                        && level.maxRate >= Math.ceil(macroblocks * frameRate)
                        && level.maxReferences >= macroblocks * references
                        && level.maxBitrate * KILO >= bitrate
                        && level.maxBuffer * KILO >= buffer)
                .findFirst()
                .orElse(HIGHEST);
    }

    private static long blocks(long side) {
        return (side + MACROBLOCK - 1) / MACROBLOCK;
    }
}
