package dev.sluice.ffmpeg.process;

import dev.sluice.ffmpeg.sandbox.ProcessLimits;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.SourceDamage;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Maps exit codes and error output of FFmpeg to error codes. Pure. */
public final class ProcessErrorMapper {
    private static final int SIGNALLED = 128;
    /**
     * Signals that kill a process from outside or on a crash. FFmpeg's own exit codes can exceed 128, too (a negative error
     * number truncated to eight bits), so a range is not sufficient.
     */
    private static final Set<Integer> SIGNALS = Set.of(4, 6, 7, 8, 9, 11, 15, 24, 25, 31);

    private static final int SIGXFSZ = SIGNALLED + 25;
    /** FFmpeg's exit code for ENOMEM, a negative error number truncated to eight bits. */
    private static final int NO_MEMORY = 256 - 12;

    private static final List<String> OUT_OF_MEMORY =
            List.of("Cannot allocate memory", "malloc of size", "bad_alloc", "failed to map segment");

    private ProcessErrorMapper() {}

    /** The failure of a run that ended with {@code result} after this number of frames, with its diagnostics. */
    public static JobException translate(FfmpegRunner.ExitResult result, long frames) {
        return failure(result, frames).withDiagnostics(result.diagnostics());
    }

    private static JobException failure(FfmpegRunner.ExitResult result, long frames) {
        if (result.stderr().contains("No space left on device")) {
            return new JobException(ErrorCode.DISK_FULL, "The disk of the worker is full.");
        }
        if (wasKilled(result)) {
            return new JobException(
                    ErrorCode.FFMPEG_FAILED, "FFmpeg was killed (signal " + (result.exitCode() - SIGNALLED) + ").");
        }
        if (frames == 0 && result.stderr().contains("Cannot determine format of input")) {
            return noFrames();
        }
        JobException failure = ErrorReason.of(result.stderr())
                .map(reason -> because(reason, result.exitCode()))
                .orElseGet(() -> new JobException(
                        ErrorCode.FFMPEG_FAILED, "FFmpeg failed with exit code " + result.exitCode() + "."));
        // Before the first frame neither the load of the host nor its disk matters.
        return frames == 0 ? failure.asDeterministic() : failure;
    }

    private static JobException because(ErrorReason reason, int exitCode) {
        return switch (reason.kind()) {
            case FILTER ->
                new JobException(
                        ErrorCode.FILTER_FAILED, "FFmpeg cannot convert the video or audio: " + reason.text() + ".");
            case ENCODER ->
                new JobException(ErrorCode.ENCODE_FAILED, "FFmpeg cannot encode the outputs: " + reason.text() + ".");
            case OTHER ->
                new JobException(
                        ErrorCode.FFMPEG_FAILED, "FFmpeg failed (exit code " + exitCode + "): " + reason.text() + ".");
        };
    }

    public static boolean wasKilled(FfmpegRunner.ExitResult result) {
        return SIGNALS.contains(result.exitCode() - SIGNALLED);
    }

    public static JobException noFrames() {
        return new JobException(ErrorCode.NO_FRAMES, "No frame could be decoded.");
    }

    /** The failure of a run that was ended by one of its limits; empty if no limit was exceeded. */
    static Optional<JobException> limitExceeded(ProcessLimits limits, FfmpegRunner.ExitResult result) {
        if (result.exitCode() == SIGXFSZ) {
            return Optional.of(new JobException(
                    ErrorCode.OUTPUT_EXCEEDED,
                    "An output file exceeds the limit of " + mebibytes(limits.fileBytes())
                            + " MiB (media.limits.maxOutputMiB)."));
        }
        return isOutOfMemory(result)
                ? Optional.of(new JobException(
                        ErrorCode.MEMORY_EXCEEDED,
                        "Processing the file exceeds the memory limit of " + mebibytes(limits.memoryBytes())
                                + " MiB (ffmpeg.maxMemoryMiB)."))
                : Optional.empty();
    }

    private static boolean isOutOfMemory(FfmpegRunner.ExitResult result) {
        // FFmpeg reports ENOMEM also if a file has more streams than allowed.
        boolean otherLimit = result.stderr().contains("max_streams");
        boolean reported =
                result.exitCode() == NO_MEMORY || OUT_OF_MEMORY.stream().anyMatch(result.stderr()::contains);
        return result.exitCode() != 0 && reported && !otherLimit;
    }

    private static long mebibytes(long bytes) {
        return bytes >> 20;
    }

    /**
     * The damage of a source that FFmpeg could process, by its error output. Other errors, such as a missing reference of a frame
     * that is not shown, are no damage.
     */
    public static SourceDamage sourceDamage(StderrLog stderr) {
        return new SourceDamage(stderr.contains("partial file"), stderr.concealedCount() + stderr.lostCount() > 0);
    }

    /** The same after a seek, where the first packets cannot be decoded without the ones before them. */
    public static SourceDamage damageAfterSeek(StderrLog stderr) {
        return new SourceDamage(stderr.contains("partial file"), stderr.concealedCount() > 0);
    }
}
