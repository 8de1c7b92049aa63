package dev.sluice.media;

/** Width and height of a picture in pixels. */
public record Dimensions(int width, int height) {
    /** The shorter side; it decides which rungs of the ladder a video gets. */
    public int shortSide() {
        return Math.min(width, height);
    }

    public long pixels() {
        return (long) width * height;
    }

    @Override
    public String toString() {
        return width + "x" + height;
    }
}
