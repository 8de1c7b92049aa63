package dev.sluice.media;

/**
 * Orientation in which a player shows the frames.
 *
 * @param rotation clockwise, in degrees, 0 to 359
 * @param xx first element of the first row of the matrix; its sign shows a horizontal flip
 * @param yx first element of the second row; its sign shows a flip of a frame that is rotated by 90 or 270 degrees
 * @param yy second element of the second row; its sign shows a vertical flip
 */
public record DisplayMatrix(int rotation, int xx, int yx, int yy) {
    public static final DisplayMatrix IDENTITY = new DisplayMatrix(0, 1, 0, 1);

    /** Whether width and height are exchanged. */
    boolean swapsSides() {
        return rotation == 90 || rotation == 270;
    }
}
