package dev.sluice.media.hybrid;

/**
 * A packet of silence: AAC LC, 48 kHz, stereo. FFmpeg's encoder writes the same bytes for silence.
 *
 * <p>Media Source players need audio from the start of the video on. The edit list that delays the audio in the plain MP4 does not
 * apply to fragments.
 */
final class SilentPacket {
    /** Samples of a packet, which are the ticks of the audio track. */
    static final int SAMPLES = 1024;

    static final String CODEC = "mp4a.40.2";
    static final int TIMESCALE = 48_000;

    static final byte[] BYTES = {0x21, 0x10, 0x04, 0x60, (byte) 0x8c, 0x1c};

    private SilentPacket() {}
}
