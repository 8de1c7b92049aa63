package dev.sluice.media.mp4;

import java.io.IOException;
import java.util.Optional;

/** Walks the positions of the samples of a track, by {@code stsc} and {@code stco} or {@code co64}. */
public final class ChunkCursor {
    private final EntryTable chunks;
    private final boolean large;
    private final EntryTable runs;

    private long chunk;
    private long samplesInChunk;
    private long samplesPerChunk;
    private long position;
    private long nextRunChunk;
    private long nextRunSamples;

    public ChunkCursor(Mp4Reader reader, Box stbl) throws IOException {
        Optional<Box> co64 = reader.find(stbl, "co64");
        large = co64.isPresent();
        chunks = large
                ? EntryTable.of(reader, co64.get(), Long.BYTES)
                : EntryTable.of(reader, reader.get(stbl, "stco"), Integer.BYTES);
        runs = EntryTable.of(reader, reader.get(stbl, "stsc"), 12);
        readRun();
    }

    /** The position of the next sample, which has this size. */
    public long next(int size) throws IOException {
        if (samplesInChunk == 0) {
            Mp4Reader.require(chunks.next(), "there are too few chunks");
            chunk++;
            position = large ? chunks.int64() : Integer.toUnsignedLong(chunks.int32());
            if (chunk == nextRunChunk) {
                samplesPerChunk = nextRunSamples;
                readRun();
            }
            Mp4Reader.require(samplesPerChunk > 0, "a chunk has no samples");
            samplesInChunk = samplesPerChunk;
        }
        samplesInChunk--;
        long start = position;
        position += size;
        return start;
    }

    public boolean isAtEnd() {
        return samplesInChunk == 0 && !chunks.next();
    }

    private void readRun() throws IOException {
        if (runs.next()) {
            long first = Integer.toUnsignedLong(runs.int32());
            Mp4Reader.require(first > nextRunChunk, "the box 'stsc' is not ascending");
            nextRunChunk = first;
            nextRunSamples = Integer.toUnsignedLong(runs.int32());
            Mp4Reader.require(runs.int32() == 1, "a chunk has another sample description");
        }
    }
}
