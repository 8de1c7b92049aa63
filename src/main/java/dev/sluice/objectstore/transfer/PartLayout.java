package dev.sluice.objectstore.transfer;

import dev.sluice.objectstore.ByteRange;

/** How a stretch of bytes is cut: parts of one size, the last one shorter. */
public record PartLayout(ByteRange range, long partSize) {
    /** Most parts that S3 accepts in one upload. */
    public static final int MAX_PARTS = 10_000;

    /** Parts of an upload of so many bytes: of the size wished for, or larger if there were too many. */
    public static PartLayout forUpload(long size, long wishedPartSize) {
        long smallest = (size + MAX_PARTS - 1) / MAX_PARTS;
        return new PartLayout(new ByteRange(0, size), Math.max(wishedPartSize, smallest));
    }

    public int count() {
        return Math.toIntExact((range.length() + partSize - 1) / partSize);
    }

    /** The part with this number, counted from 0. */
    public ByteRange part(int index) {
        long start = range.start() + index * partSize;
        return new ByteRange(start, Math.min(range.end(), start + partSize));
    }
}
