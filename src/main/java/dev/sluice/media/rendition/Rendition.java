package dev.sluice.media.rendition;

import dev.sluice.media.Dimensions;

/**
 * One video to make.
 *
 * @param quality its name on the wire and on disk, {@code 720p}
 * @param size even sides, square pixels
 * @param maxBitrate bit/s
 */
public record Rendition(String quality, Dimensions size, int maxBitrate) {
    public Rendition {
        if (!quality.matches("[A-Za-z0-9_-]{1,32}")) {
            throw new IllegalArgumentException("a quality has 1 to 32 letters and digits, not '" + quality + "'");
        }
    }

    public String fileName() {
        return quality + ".mp4";
    }
}
