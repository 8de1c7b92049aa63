package dev.sluice.media;

/** Pixels at the edges of the coded frame that the container excludes from display. */
public record Crop(int top, int bottom, int left, int right) {
    public static final Crop NONE = new Crop(0, 0, 0, 0);

    /** The size without the excluded pixels; the whole size if nothing would remain. */
    Dimensions apply(Dimensions size) {
        int width = size.width() - left - right;
        int height = size.height() - top - bottom;
        return width > 0 && height > 0 ? new Dimensions(width, height) : size;
    }
}
