package dev.sluice.media.streaming;

/** A range of bytes of a file; {@code offset} is its first byte. */
public record FileRange(long offset, long bytes) {
    /** Position after the last byte. */
    public long end() {
        return offset + bytes;
    }
}
