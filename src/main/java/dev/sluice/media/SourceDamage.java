package dev.sluice.media;

import dev.sluice.ffmpeg.process.StderrLog;

/**
 * What FFmpeg found wrong with a source that could be encoded all the same.
 *
 * @param cutShort whether the file ends before it should
 * @param broken whether parts of it could not be decoded
 */
public record SourceDamage(boolean truncated, boolean corrupt) {
    private static final String PARTIAL_FILE = "partial file";

    public static SourceDamage of(StderrLog errors) {
        return new SourceDamage(errors.contains(PARTIAL_FILE), errors.errorCount() > 0);
    }

    /** What is wrong with the one or the other part. */
    public SourceDamage merge(SourceDamage other) {
        return new SourceDamage(truncated || other.truncated, corrupt || other.corrupt);
    }
}
