package dev.sluice.ffmpeg.encode;

import dev.sluice.media.Dimensions;
import java.util.List;

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
    private static final List<H264Level> LEVELS = List.of(
            new H264Level(10, 1485, 99, 396, 64, 175),
            new H264Level(11, 3000, 396, 900, 192, 500),
            new H264Level(12, 6000, 396, 2376, 384, 1000),
            new H264Level(13, 11_880, 396, 2376, 768, 2000),
            new H264Level(20, 11_880, 396, 2376, 2000, 2000),
            new H264Level(21, 19_800, 792, 4752, 4000, 4000),
            new H264Level(22, 20_250, 1620, 8100, 4000, 4000),
            new H264Level(30, 40_500, 1620, 8100, 10_000, 10_000),
            new H264Level(31, 108_000, 3600, 18_000, 14_000, 14_000),
            new H264Level(32, 216_000, 5120, 20_480, 20_000, 20_000),
            new H264Level(40, 245_760, 8192, 32_768, 20_000, 25_000),
            new H264Level(41, 245_760, 8192, 32_768, 50_000, 62_500),
            new H264Level(42, 522_240, 8704, 34_816, 50_000, 62_500),
            new H264Level(50, 589_824, 22_080, 110_400, 135_000, 135_000),
            new H264Level(51, 983_040, 36_864, 184_320, 240_000, 240_000),
            new H264Level(52, 2_073_600, 36_864, 184_320, 240_000, 240_000),
            new H264Level(60, 4_177_920, 139_264, 696_320, 240_000, 240_000),
            new H264Level(61, 8_355_840, 139_264, 696_320, 480_000, 480_000),
            // The highest one is for all others, without limits: an encoder has no better choice.
            new H264Level(62, 16_711_680, 139_264, 696_320, 800_000, 800_000));

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
        return LEVELS.stream()
                .filter(level -> level.maxSize >= macroblocks
                        && level.maxRate >= Math.ceil(macroblocks * frameRate)
                        && level.maxReferences >= macroblocks * references
                        && level.maxBitrate * KILO >= bitrate
                        && level.maxBuffer * KILO >= buffer)
                .findFirst()
                .orElse(LEVELS.get(LEVELS.size() - 1));
    }

    private static long blocks(int side) {
        return (side + MACROBLOCK - 1L) / MACROBLOCK;
    }
}
