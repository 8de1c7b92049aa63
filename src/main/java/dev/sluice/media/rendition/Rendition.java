package dev.sluice.media.rendition;

import dev.sluice.config.MediaConfig.Codec;
import dev.sluice.media.Dimensions;

/**
 * A rendition to encode.
 *
 * @param quality its name in messages and file names, {@code 720p}
 * @param size with even sides, in square pixels
 * @param maxBitrate in bit/s
 */
public record Rendition(String quality, Dimensions size, int maxBitrate, Codec codec) {
    public Rendition {
        if (!quality.matches("[A-Za-z0-9_-]{1,32}")) {
            throw new IllegalArgumentException(
                    "a quality must have 1 to 32 characters of A-Z, a-z, 0-9, '_' and '-': '" + quality + "'");
        }
    }

    /** A rendition in H.264. */
    public Rendition(String quality, Dimensions size, int maxBitrate) {
        this(quality, size, maxBitrate, Codec.H264);
    }

    public boolean isAv1() {
        return codec == Codec.AV1;
    }

    public String fileName() {
        return quality + ".mp4";
    }
}
