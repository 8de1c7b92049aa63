package dev.sluice.job;

/**
 * Attributes by which a player chooses a rendition, as a multivariant playlist states them (RFC 8216bis, 4.4.6.2).
 *
 * @param bandwidth peak bit rate with audio, bit/s; 0 if unknown
 * @param averageBandwidth average bit rate with audio, bit/s; 0 if unknown
 * @param codecs of video and audio (RFC 6381), separated by commas
 * @param frameRate highest rate, else that of the whole video, frames per second, rounded to 0.001; 0 if unknown
 */
public record VariantAttributes(long bandwidth, long averageBandwidth, String codecs, double frameRate) {
    private static final double DECIMALS = 1000;

    public VariantAttributes {
        frameRate = Math.round(frameRate * DECIMALS) / DECIMALS;
    }
}
