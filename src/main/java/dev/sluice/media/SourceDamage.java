package dev.sluice.media;

import dev.sluice.ffmpeg.process.StderrLog;

/**
 * What FFmpeg found wrong with a source that could be encoded all the same.
 *
 * @param cutShort whether the file ends before it should
 * @param broken whether parts of it could not be decoded
 */
public record SourceDamage(boolean cutShort, boolean broken) {
    private static final String CUT_SHORT = "partial file";

    public static SourceDamage of(StderrLog complaints) {
        return new SourceDamage(complaints.mention(CUT_SHORT), complaints.errors() > 0);
    }

    /** What is wrong with the one or the other part. */
    public SourceDamage and(SourceDamage other) {
        return new SourceDamage(cutShort || other.cutShort, broken || other.broken);
    }
}
