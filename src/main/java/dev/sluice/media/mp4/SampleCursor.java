package dev.sluice.media.mp4;

import java.io.IOException;
import java.util.Optional;

/**
 * Walks the samples of a track in decoding order. Reads the sample tables in step, so its memory (seven buffers of at most
 * 16 KiB) does not depend on the length of the video. Fails with OUTPUT_INVALID if the tables contradict each other.
 */
public final class SampleCursor {
    private final Mp4Reader reader;
    private final Mp4Track track;
    private final int count;
    private final int fixedSize;
    private final EntryTable sizes;
    private final EntryTable durations;
    private final Optional<EntryTable> offsets;
    private final boolean signedOffsets;
    private final Optional<EntryTable> syncSamples;
    private final ChunkCursor chunks;

    private int index = -1;
    private long durationRun;
    private long offsetRun;
    private long nextSync;
    private long dts;
    private int duration;
    private int compositionOffset;
    private int size;
    private boolean sync;
    private long position;

    public SampleCursor(Mp4Reader reader, Mp4Track track) throws IOException {
        this.reader = reader;
        this.track = track;
        Box stbl = track.samples();
        Box stsz = reader.get(stbl, "stsz");
        fixedSize = reader.int32(stsz.body() + 4);
        long samples = reader.uint32(stsz.body() + 8);
        sizes = new EntryTable(reader, stsz, stsz.body() + 12, fixedSize == 0 ? samples : 0, Integer.BYTES);
        Mp4Reader.require(samples > 0 && samples <= Integer.MAX_VALUE && fixedSize >= 0, "a track has no samples");
        count = (int) samples;
        durations = EntryTable.of(reader, reader.get(stbl, "stts"), 8);
        Optional<Box> ctts = reader.find(stbl, "ctts");
        signedOffsets = ctts.isPresent() && reader.version(ctts.get()) == 1;
        offsets = ctts.isPresent() ? Optional.of(EntryTable.of(reader, ctts.get(), 8)) : Optional.empty();
        Optional<Box> stss = reader.find(stbl, "stss");
        syncSamples =
                stss.isPresent() ? Optional.of(EntryTable.of(reader, stss.get(), Integer.BYTES)) : Optional.empty();
        chunks = new ChunkCursor(reader, stbl);
        readNextSync();
    }

    public int count() {
        return count;
    }

    /** Moves to the next sample; false after the last one. */
    public boolean advance() throws IOException {
        if (index + 1 == count) {
            requireEnd();
            return false;
        }
        dts += duration;
        index++;
        while (durationRun == 0) {
            Mp4Reader.require(durations.next(), "the box 'stts' has too few entries");
            durationRun = Integer.toUnsignedLong(durations.int32());
            duration = durations.uint31("a sample duration");
        }
        durationRun--;
        if (offsets.isPresent()) {
            readOffset(offsets.get());
        }
        size = fixedSize;
        if (sizes.next()) {
            size = sizes.uint31("a sample size");
        }
        sync = syncSamples.isEmpty();
        if (nextSync == index + 1L) {
            sync = true;
            readNextSync();
        }
        position = chunks.next(size);
        Mp4Reader.require(
                position >= 0 && position <= reader.length() - size,
                "sample " + (index + 1) + " of a track is not inside the file");
        return true;
    }

    private void readOffset(EntryTable table) throws IOException {
        while (offsetRun == 0) {
            Mp4Reader.require(table.next(), "the box 'ctts' has too few entries");
            offsetRun = Integer.toUnsignedLong(table.int32());
            compositionOffset = signedOffsets ? table.int32() : table.uint31("a composition offset");
        }
        offsetRun--;
    }

    private void readNextSync() throws IOException {
        if (syncSamples.isPresent() && syncSamples.get().next()) {
            long next = Integer.toUnsignedLong(syncSamples.get().int32());
            Mp4Reader.require(next > nextSync && next <= count, "the box 'stss' is not ascending");
            nextSync = next;
        }
    }

    private void requireEnd() throws IOException {
        Mp4Reader.require(
                durationRun == 0
                        && !durations.next()
                        && offsetRun == 0
                        && offsets.filter(EntryTable::next).isEmpty()
                        && chunks.isAtEnd(),
                "the sample tables have more samples than 'stsz'");
    }

    /** Index of the sample, from 0. */
    public int index() {
        return index;
    }

    /** Decoding time on the timeline of the fragments, ticks. */
    public long decodeTime() {
        return dts + track.delay();
    }

    /** Presentation time in the movie, ticks. */
    public long presentationTime() {
        return dts + compositionOffset + track.shift();
    }

    /** Presentation time minus decoding time of the fragments, ticks. */
    public int fragmentOffset() {
        long offset = compositionOffset - track.mediaTime();
        Mp4Reader.require(offset == (int) offset, "a composition offset is too large");
        return (int) offset;
    }

    public int duration() {
        return duration;
    }

    public int size() {
        return size;
    }

    public boolean isSync() {
        return sync;
    }

    /** First byte of the sample in the file. */
    public long position() {
        return position;
    }
}
