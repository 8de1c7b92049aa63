package dev.sluice.media;

import java.util.Set;

/**
 * The video stream of a source that is encoded.
 *
 * @param index of the stream in the file
 * @param codec FFmpeg's name, {@code h264}
 * @param codedSize as stored, before aspect ratio and rotation are applied
 * @param sampleAspectRatio width of a pixel divided by its height; 1 if not stated
 * @param rotation clockwise, in degrees, 0 to 359, that a player applies
 * @param frameRate average, in frames per second; 0 if unknown or implausible
 * @param fieldOrder {@code progressive}, one of {@code tt bb tb bt} for interlaced video, or {@code unknown}
 */
public record VideoStream(
        int index,
        String codec,
        Dimensions codedSize,
        double sampleAspectRatio,
        int rotation,
        double frameRate,
        ColorInfo color,
        String fieldOrder) {
    private static final Set<String> INTERLACED = Set.of("tt", "bb", "tb", "bt");

    /** Size as displayed: with square pixels, rotated. */
    public Dimensions displaySize() {
        int width = Math.max(1, (int) Math.round(codedSize.width() * sampleAspectRatio));
        boolean isTurned = rotation == 90 || rotation == 270;
        return isTurned ? new Dimensions(codedSize.height(), width) : new Dimensions(width, codedSize.height());
    }

    /** Whether a frame holds two fields of different times. */
    public boolean isInterlaced() {
        return INTERLACED.contains(fieldOrder);
    }
}
