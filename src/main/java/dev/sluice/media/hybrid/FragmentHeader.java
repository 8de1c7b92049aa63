package dev.sluice.media.hybrid;

import dev.sluice.media.mp4.Mp4Output;
import dev.sluice.media.mp4.Mp4Reader;
import dev.sluice.media.mp4.SampleCursor;
import java.io.IOException;

/**
 * Writes the {@code moof} of a fragment and the header of the {@code mdat} after it (ISO/IEC 14496-12, 8.8). Decoding times are
 * absolute; composition offsets are signed, so no edit list is needed.
 */
final class FragmentHeader {
    /** Version 1 of a box, without flags. */
    static final int VERSION_1 = 1 << 24;

    static final int DEFAULT_BASE_IS_MOOF = 0x020000;
    static final int DEFAULT_DURATION = 0x08;
    static final int DEFAULT_SIZE = 0x10;
    static final int DEFAULT_FLAGS = 0x20;
    static final int ALL_DEFAULTS = DEFAULT_DURATION | DEFAULT_SIZE | DEFAULT_FLAGS;
    static final int DATA_OFFSET = 0x01;
    static final int FIRST_SAMPLE_FLAGS = 0x04;
    static final int SAMPLE_DURATION = 0x100;
    static final int SAMPLE_SIZE = 0x200;
    static final int SAMPLE_OFFSET = 0x800;
    /** Sample flags: depends on no other sample. */
    static final int SYNC = 0x0200_0000;
    /** Sample flags: depends on others, not a sync sample. */
    static final int NOT_SYNC = 0x0101_0000;

    private static final int MFHD_BYTES = 16;
    private static final int TFDT_BYTES = 20;

    private final Fragment fragment;
    private final int tfhdFlags;
    private final int trunFlags;

    FragmentHeader(Fragment fragment) {
        this.fragment = fragment;
        this.tfhdFlags = DEFAULT_BASE_IS_MOOF
                | DEFAULT_FLAGS
                | (fragment.hasSameDurations() ? DEFAULT_DURATION : 0)
                | (fragment.isSilence() ? DEFAULT_SIZE : 0);
        this.trunFlags = DATA_OFFSET
                | (fragment.isVideo() ? FIRST_SAMPLE_FLAGS | SAMPLE_OFFSET : 0)
                | (fragment.hasSameDurations() ? 0 : SAMPLE_DURATION)
                | (fragment.isSilence() ? 0 : SAMPLE_SIZE);
    }

    /** Size of the {@code moof}. */
    long bytes() {
        return Mp4Reader.HEADER_BYTES + MFHD_BYTES + trafBytes();
    }

    /** Bytes from the start of the fragment to its first sample. */
    long dataOffset() {
        return bytes() + Mp4Reader.HEADER_BYTES;
    }

    /** Bytes of the fragment with its samples. */
    long fragmentBytes() {
        return dataOffset() + fragment.bytes();
    }

    private long trafBytes() {
        return Mp4Reader.HEADER_BYTES + tfhdBytes() + TFDT_BYTES + trunBytes();
    }

    private long tfhdBytes() {
        return 12L + Integer.BYTES + (long) Integer.BYTES * Integer.bitCount(tfhdFlags & ~DEFAULT_BASE_IS_MOOF);
    }

    private long trunBytes() {
        return 16L
                + (long) Integer.BYTES * Integer.bitCount(trunFlags & (DATA_OFFSET | FIRST_SAMPLE_FLAGS))
                + (long) fragment.samples() * Integer.BYTES * Integer.bitCount(trunFlags >>> 8);
    }

    /** A step that writes the fields of all samples. */
    interface Samples {
        void write() throws IOException;
    }

    void write(Mp4Output out, int sequence, Samples samples) throws IOException {
        out.header("moof", bytes());
        out.header("mfhd", MFHD_BYTES);
        out.int32(0);
        out.int32(sequence);
        out.header("traf", trafBytes());
        out.header("tfhd", tfhdBytes());
        out.int32(tfhdFlags);
        out.int32((int) fragment.track().id());
        if (fragment.hasSameDurations()) {
            out.int32(fragment.duration());
        }
        if (fragment.isSilence()) {
            out.int32(fragment.firstBytes());
        }
        out.int32(fragment.isVideo() ? NOT_SYNC : SYNC);
        out.header("tfdt", TFDT_BYTES);
        out.int32(VERSION_1);
        out.int64(fragment.decodeTime());
        out.header("trun", trunBytes());
        out.int32(VERSION_1 | trunFlags);
        out.int32(fragment.samples());
        out.int32((int) dataOffset());
        if (fragment.isVideo()) {
            out.int32(SYNC);
        }
        samples.write();
        out.header("mdat", Mp4Reader.HEADER_BYTES + fragment.bytes());
    }

    /** Writes the fields of the current sample of a cursor. */
    void writeSample(Mp4Output out, SampleCursor sample) throws IOException {
        if (!fragment.hasSameDurations()) {
            out.int32(sample.duration());
        }
        out.int32(sample.size());
        if (fragment.isVideo()) {
            out.int32(sample.fragmentOffset());
        }
    }
}
