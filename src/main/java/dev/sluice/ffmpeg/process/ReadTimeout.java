package dev.sluice.ffmpeg.process;

import java.time.Duration;

/**
 * Timeout for reading files completely: a base timeout, and the time for reading the bytes from a disk slower than any that a
 * worker should have. Pure.
 */
public final class ReadTimeout {
    /** A tenth of the throughput of a rotating disk. */
    private static final long BYTES_PER_SECOND = 10L << 20;

    private ReadTimeout() {}

    /** @param bytes of all files, 0 or more */
    public static Duration forBytes(Duration base, long bytes) {
        return base.plusSeconds(bytes / BYTES_PER_SECOND);
    }
}
