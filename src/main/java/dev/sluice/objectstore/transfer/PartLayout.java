package dev.sluice.objectstore.transfer;

import dev.sluice.objectstore.ByteRange;

/** Splits a range into parts of one size; the last one may be shorter. */
public record PartLayout(ByteRange range, long partSize) {
    /** Most parts that S3 accepts in one upload. */
    public static final int MAX_PARTS = 10_000;

    /** Parts of the preferred size, or larger if there would be more than {@link #MAX_PARTS}. */
    public static PartLayout forUpload(long size, long preferredPartSize) {
        long min = (size + MAX_PARTS - 1) / MAX_PARTS;
        return new PartLayout(new ByteRange(0, size), Math.max(preferredPartSize, min));
    }

    public int count() {
        return Math.toIntExact((range.length() + partSize - 1) / partSize);
    }

    /**
     * The byte range of a part.
     *
     * @param index from 0
     */
    public ByteRange part(int index) {
        long start = range.start() + index * partSize;
        return new ByteRange(start, Math.min(range.end(), start + partSize));
    }
}
