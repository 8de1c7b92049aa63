package dev.sluice.media;

/**
 * Damage of a source that could be encoded nevertheless.
 *
 * @param truncated whether the file ends early
 * @param corrupt whether parts of it could not be decoded
 */
public record SourceDamage(boolean truncated, boolean corrupt) {
    public SourceDamage merge(SourceDamage other) {
        return new SourceDamage(truncated || other.truncated, corrupt || other.corrupt);
    }
}
