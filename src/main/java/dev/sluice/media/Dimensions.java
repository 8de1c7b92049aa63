package dev.sluice.media;

/** Width and height of a frame in pixels. */
public record Dimensions(int width, int height) {
    /** The shorter side, which selects the rungs of the ladder. */
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
