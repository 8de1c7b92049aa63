package dev.sluice.ffmpeg.process;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.util.Set;

/** Turns the ways in which an encode ends badly into failures. Pure. */
public final class ProcessErrorMapper {
    private static final int SIGNALLED = 128;
    /**
     * The signals that kill from outside or on a crash. FFmpeg's own exit codes lie above 128 too (a negative error number cut
     * to eight bits), so a range won't do.
     */
    private static final Set<Integer> SIGNALS = Set.of(4, 6, 7, 8, 9, 11, 15, 24, 25, 31);

    private ProcessErrorMapper() {}

    /** Why a run that ended with {@code outcome} after so many frames failed. */
    public static JobException translate(FfmpegRunner.ExitResult outcome, long frames) {
        if (outcome.stderr().contains("No space left on device")) {
            return new JobException(ErrorCode.DISK_FULL, "The disk of the worker is full.");
        }
        if (wasKilled(outcome)) {
            return new JobException(
                    ErrorCode.FFMPEG_FAILED, "FFmpeg was killed (signal " + (outcome.exitCode() - SIGNALLED) + ").");
        }
        if (frames == 0 && outcome.stderr().contains("Cannot determine format of input")) {
            return noFrames();
        }
        return new JobException(ErrorCode.FFMPEG_FAILED, "FFmpeg ended with exit code " + outcome.exitCode() + ".");
    }

    public static boolean wasKilled(FfmpegRunner.ExitResult outcome) {
        return SIGNALS.contains(outcome.exitCode() - SIGNALLED);
    }

    public static JobException noFrames() {
        return new JobException(ErrorCode.NO_FRAMES, "Not one frame of the video can be decoded.");
    }
}
