package dev.sluice.ffmpeg.sandbox;

import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.util.List;
import java.util.Optional;

/**
 * What one process may use at most, whatever the file asks of it; the kernel sees to it.
 *
 * @param memoryBytes of address space
 * @param fileBytes of each file that is written
 */
public record ProcessLimits(long memoryBytes, long fileBytes) {
    private static final long LOG_BYTES = 64 << 20;
    private static final int BY_FILE_SIZE = 128 + 25;
    /** FFmpeg's exit code for ENOMEM, a negative error number cut to eight bits. */
    private static final int NO_MEMORY = 256 - 12;

    private static final List<String> OUT_OF_MEMORY =
            List.of("Cannot allocate memory", "malloc of size", "bad_alloc", "failed to map segment");

    /** For a process that only reads; a script that somebody put around it may still write its log. */
    public static ProcessLimits forReader(long memoryBytes) {
        return new ProcessLimits(memoryBytes, LOG_BYTES);
    }

    /** Which of these limits ended a run, if one did. */
    public Optional<JobException> failure(FfmpegRunner.ExitResult outcome) {
        if (outcome.exitCode() == BY_FILE_SIZE) {
            return Optional.of(new JobException(
                    ErrorCode.OUTPUT_EXCEEDED,
                    "A file that FFmpeg made grew beyond " + mebibytes(fileBytes)
                            + " MiB, the limit (media.limits.maxOutputMiB)."));
        }
        return isOutOfMemory(outcome)
                ? Optional.of(new JobException(
                        ErrorCode.MEMORY_EXCEEDED,
                        "The file asks FFmpeg for more memory than the " + mebibytes(memoryBytes)
                                + " MiB that it may map (ffmpeg.maxMemoryMiB)."))
                : Optional.empty();
    }

    private static boolean isOutOfMemory(FfmpegRunner.ExitResult outcome) {
        // FFmpeg calls it so, too, when there are more streams than it may open.
        boolean otherLimit = outcome.stderr().contains("max_streams");
        boolean said = outcome.exitCode() == NO_MEMORY || OUT_OF_MEMORY.stream().anyMatch(outcome.stderr()::contains);
        return outcome.exitCode() != 0 && said && !otherLimit;
    }

    private static long mebibytes(long bytes) {
        return bytes >> 20;
    }
}
