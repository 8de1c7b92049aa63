package dev.sluice.ffmpeg.sandbox;

/**
 * Resource limits of one process, enforced by the kernel.
 *
 * @param memoryBytes of address space
 * @param fileBytes of each file that is written
 */
public record ProcessLimits(long memoryBytes, long fileBytes) {
    private static final long LOG_BYTES = 64 << 20;

    /** Limits of a process that only reads. A wrapper script around FFmpeg may still write its log. */
    public static ProcessLimits forReader(long memoryBytes) {
        return new ProcessLimits(memoryBytes, LOG_BYTES);
    }
}
