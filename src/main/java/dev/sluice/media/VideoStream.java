package dev.sluice.media;

import java.util.Optional;
import java.util.Set;

/**
 * The picture of a source, as it is stored.
 *
 * @param index the stream's number in the file
 * @param codec FFmpeg's name of the codec, {@code h264}
 * @param coded width and height as stored, before pixel aspect and rotation
 * @param pixelAspect width of a pixel divided by its height; 1 where the file does not say
 * @param rotation degrees clockwise, 0 to 359, by which a player turns the picture
 * @param mirrored whether a player also mirrors it
 * @param frameRate frames a second on average; 0 where nothing sensible is known
 * @param pixelFormat FFmpeg's name, {@code yuv420p}; {@code unknown} where no frame could be read
 * @param bitDepth bits of one sample
 * @param transfer how values become light ({@code bt709}, {@code smpte2084}, …), where the file says; likewise
 *     {@code primaries}, {@code space} and {@code range}
 * @param fieldOrder {@code progressive}, one of {@code tt bb tb bt} for interlaced material, or {@code unknown}
 */
public record VideoStream(
        int index,
        String codec,
        Dimensions codedSize,
        double sampleAspectRatio,
        int rotation,
        boolean mirrored,
        double frameRate,
        String pixelFormat,
        int bitDepth,
        Optional<String> transfer,
        Optional<String> primaries,
        Optional<String> space,
        Optional<String> range,
        String fieldOrder) {
    private static final Set<String> HDR_TRANSFERS = Set.of("smpte2084", "arib-std-b67");
    private static final Set<String> INTERLACED = Set.of("tt", "bb", "tb", "bt");

    /** The size as seen: square pixels, turned as a player turns it. */
    public Dimensions displaySize() {
        int width = Math.max(1, (int) Math.round(codedSize.width() * sampleAspectRatio));
        return isTurned() ? new Dimensions(codedSize.height(), width) : new Dimensions(width, codedSize.height());
    }

    private boolean isTurned() {
        return rotation == 90 || rotation == 270;
    }

    /** Whether the light values are meant for an HDR screen (PQ or HLG). */
    public boolean isHdr() {
        return transfer.filter(HDR_TRANSFERS::contains).isPresent();
    }

    /** Whether a frame holds two fields of different moments. */
    public boolean isInterlaced() {
        return INTERLACED.contains(fieldOrder);
    }
}
