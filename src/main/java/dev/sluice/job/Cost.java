package dev.sluice.job;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The resources that work used. See docs/decisions/127-measure-the-cost-of-each-attempt.md.
 *
 * @param cpu of FFmpeg and ffprobe processes, user and system time
 * @param wall from the claim to the settlement; concurrent tasks add up
 * @param bytesRead by FFmpeg and ffprobe, from files and pipes
 * @param bytesWritten by FFmpeg and ffprobe, to files and pipes
 * @param bytesDownloaded from the object store
 * @param bytesUploaded to the object store, without copies within it
 * @param peakMemoryBytes largest resident size of one process
 */
public record Cost(
        Duration cpu,
        Duration wall,
        long bytesRead,
        long bytesWritten,
        long bytesDownloaded,
        long bytesUploaded,
        long peakMemoryBytes) {
    public static final Cost NONE = new Cost(Duration.ZERO, Duration.ZERO, 0, 0, 0, 0, 0);

    private static final double MILLIS = 1000.0;

    /** What a process used. */
    public static Cost ofProcess(Duration cpu, long bytesRead, long bytesWritten, long peakMemoryBytes) {
        return new Cost(cpu, Duration.ZERO, bytesRead, bytesWritten, 0, 0, peakMemoryBytes);
    }

    /** What was transferred from and to the object store. */
    public static Cost ofTransfer(long bytesDownloaded, long bytesUploaded) {
        return new Cost(Duration.ZERO, Duration.ZERO, 0, 0, bytesDownloaded, bytesUploaded, 0);
    }

    /** The sum; of the memory, the maximum. */
    public Cost plus(Cost other) {
        return new Cost(
                cpu.plus(other.cpu),
                wall.plus(other.wall),
                bytesRead + other.bytesRead,
                bytesWritten + other.bytesWritten,
                bytesDownloaded + other.bytesDownloaded,
                bytesUploaded + other.bytesUploaded,
                Math.max(peakMemoryBytes, other.peakMemoryBytes));
    }

    /** This cost of work that took {@code elapsed}. */
    public Cost withWall(Duration elapsed) {
        return new Cost(cpu, elapsed, bytesRead, bytesWritten, bytesDownloaded, bytesUploaded, peakMemoryBytes);
    }

    /** The fields by their names in messages, tables and the API; times in seconds. */
    public Map<String, Object> toMap() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("cpu_seconds", cpu.toMillis() / MILLIS);
        fields.put("wall_seconds", wall.toMillis() / MILLIS);
        fields.put("bytes_read", bytesRead);
        fields.put("bytes_written", bytesWritten);
        fields.put("bytes_downloaded", bytesDownloaded);
        fields.put("bytes_uploaded", bytesUploaded);
        fields.put("peak_memory_bytes", peakMemoryBytes);
        return fields;
    }
}
