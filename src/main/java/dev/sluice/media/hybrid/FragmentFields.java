package dev.sluice.media.hybrid;

import dev.sluice.media.mp4.Box;
import dev.sluice.media.mp4.EntryTable;
import dev.sluice.media.mp4.Mp4Reader;
import java.io.IOException;

/** Reads the samples of a {@code traf}, as a player does. */
final class FragmentFields {
    private final Mp4Reader reader;
    private final int trackFlags;
    private final int runFlags;
    private final long trackId;
    private final int dataOffset;
    private final EntryTable samples;
    private final int defaultFlags;
    private final int firstFlags;
    private final int defaultSize;
    private final boolean video;

    private int index = -1;
    private long nextTime;
    private long time;
    private int duration;
    private int size;
    private int offset;

    FragmentFields(Mp4Reader reader, Box traf) throws IOException {
        this.reader = reader;
        Box tfhd = reader.get(traf, "tfhd");
        trackFlags = reader.int32(tfhd.body());
        trackId = reader.uint32(tfhd.body() + 4);
        Mp4Reader.require(
                (trackFlags & ~FragmentHeader.ALL_DEFAULTS) == FragmentHeader.DEFAULT_BASE_IS_MOOF,
                "a fragment has another base of its data or other defaults");
        long field = tfhd.body() + 8;
        field = optional(trackFlags, FragmentHeader.DEFAULT_DURATION, field, value -> duration = value);
        int[] size0 = {0};
        field = optional(trackFlags, FragmentHeader.DEFAULT_SIZE, field, value -> size0[0] = value);
        int[] flags0 = {0};
        field = optional(trackFlags, FragmentHeader.DEFAULT_FLAGS, field, value -> flags0[0] = value);
        Mp4Reader.require(field == tfhd.end(), "the box 'tfhd' has other fields");
        defaultSize = size0[0];
        defaultFlags = flags0[0];
        Box tfdt = reader.get(traf, "tfdt");
        Mp4Reader.require(reader.int32(tfdt.body()) == FragmentHeader.VERSION_1, "the box 'tfdt' has another version");
        nextTime = reader.int64(tfdt.body() + 4);
        Box trun = reader.get(traf, "trun");
        runFlags = reader.int32(trun.body()) - FragmentHeader.VERSION_1;
        Mp4Reader.require(
                runFlags >>> 24 == 0 && (runFlags & FragmentHeader.DATA_OFFSET) != 0,
                "the box 'trun' has another version or no data offset");
        dataOffset = reader.int32(trun.body() + 8);
        int[] first = {defaultFlags};
        long entries =
                optional(runFlags, FragmentHeader.FIRST_SAMPLE_FLAGS, trun.body() + 12, value -> first[0] = value);
        firstFlags = first[0];
        video = (runFlags & FragmentHeader.SAMPLE_OFFSET) != 0;
        int entryBytes = Integer.BYTES * Integer.bitCount(runFlags >>> 8);
        long count = reader.uint32(trun.body() + 4);
        Mp4Reader.require(count > 0 && entries + count * entryBytes == trun.end(), "the box 'trun' has another size");
        samples = new EntryTable(reader, trun, entries, count, entryBytes);
    }

    /** A field of one flag. */
    private interface Field {
        void set(int value);
    }

    private long optional(int flags, int flag, long position, Field field) throws IOException {
        if ((flags & flag) == 0) {
            return position;
        }
        field.set(reader.int32(position));
        return position + Integer.BYTES;
    }

    long trackId() {
        return trackId;
    }

    int dataOffset() {
        return dataOffset;
    }

    /** Decoding time of the next sample, ticks. */
    long decodeTime() {
        return nextTime;
    }

    boolean isSilence() {
        return (trackFlags & FragmentHeader.DEFAULT_SIZE) != 0;
    }

    boolean advance() throws IOException {
        if (!samples.next()) {
            return false;
        }
        index++;
        if ((runFlags & FragmentHeader.SAMPLE_DURATION) != 0) {
            duration = samples.uint31("a sample duration");
        }
        size = (runFlags & FragmentHeader.SAMPLE_SIZE) != 0 ? samples.uint31("a sample size") : defaultSize;
        offset = video ? samples.int32() : 0;
        time = nextTime;
        nextTime += duration;
        return true;
    }

    long presentationTime() {
        return time + offset;
    }

    int duration() {
        return duration;
    }

    int size() {
        return size;
    }

    boolean isSync() {
        return ((index == 0 ? firstFlags : defaultFlags) & 0x10000) == 0;
    }
}
