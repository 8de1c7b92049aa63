package dev.sluice.media;

/** Width and height of a frame in pixels. */
public record Dimensions(int width, int height) {
    /** The shorter side, which selects the rungs of the ladder. */
    public int shortSide() {
        return Math.min(width, height);
    }

    /** In this aspect ratio, even, with at most so many pixels on the longer side; not enlarged. */
    public Dimensions limitedTo(int longSide) {
        double factor = Math.min(1, (double) longSide / Math.max(width, height));
        return new Dimensions(even(width * factor), even(height * factor));
    }

    private static int even(double side) {
        return Math.max(2, (int) Math.round(side / 2) * 2);
    }

    public long pixels() {
        return (long) width * height;
    }

    @Override
    public String toString() {
        return width + "x" + height;
    }
}
