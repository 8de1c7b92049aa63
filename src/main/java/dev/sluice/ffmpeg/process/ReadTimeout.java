package dev.sluice.ffmpeg.process;

import java.time.Duration;

/**
 * How long a look at files may take that reads them from end to end: what a look may take anyhow, and what the bytes take on
 * a disk that is slower than any a worker should have. Pure.
 */
public final class ReadTimeout {
    /** A tenth of what one rotating disk reads. */
    private static final long BYTES_A_SECOND = 10L << 20;

    private ReadTimeout() {}

    /** @param bytes of all files, 0 or more */
    public static Duration forBytes(Duration look, long bytes) {
        return look.plusSeconds(bytes / BYTES_A_SECOND);
    }
}
