package dev.sluice.ffmpeg.install;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.ffmpeg.process.FfmpegLaunchSpec;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.BatchScheduling;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.ffmpeg.sandbox.ProcessLimits;
import dev.sluice.job.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the program that schedules encodes as batch work, and tests it. */
record BatchSchedulingLocator(List<Path> searchPath, ProcessLimits limits) {
    private static final Logger LOG = LoggerFactory.getLogger(BatchSchedulingLocator.class);
    private static final Path SELF = Path.of("/proc/self/stat");
    private static final Path SHELL = Path.of("/bin/sh");
    private static final Duration START_TIMEOUT = Duration.ofSeconds(10);
    /** Index of the policy (field 41, proc(5)) among the fields after the closing bracket of the command. */
    private static final int POLICY_AFTER_COMMAND = 38;

    private static final String SCHED_OTHER = "0";

    /**
     * Finds a working {@code chrt}; empty if there is none, if this process already runs with another policy than the default,
     * or if the system is not Linux. Blocks.
     */
    Optional<BatchScheduling> find() {
        return hasDefaultPolicy()
                ? searchPath.stream()
                        .map(directory -> directory.resolve("chrt"))
                        .filter(Files::isExecutable)
                        .map(BatchScheduling::new)
                        .filter(this::works)
                        .findFirst()
                : Optional.empty();
    }

    private static boolean hasDefaultPolicy() {
        try {
            String stat = Files.readString(SELF);
            return stat.substring(stat.lastIndexOf(')') + 2)
                    .split(" ", -1)[POLICY_AFTER_COMMAND]
                    .equals(SCHED_OTHER);
        } catch (IOException notLinux) {
            LOG.atDebug().setCause(notLinux).log("scheduling policy not readable");
            return false;
        }
    }

    private boolean works(BatchScheduling scheduling) {
        try {
            FfmpegRunner.ExitResult result = new FfmpegRunner(new FfmpegLaunchSpec(
                            SHELL, FileAccess.none(SHELL), limits, Optional.empty(), Optional.of(scheduling)))
                    .run(List.of("-c", ":"), line -> {}, Watchdog.withDeadline(START_TIMEOUT), new CancellationToken());
            LOG.atDebug()
                    .addKeyValue("chrt", scheduling.chrt())
                    .addKeyValue("exitCode", result.exitCode())
                    .log("SCHED_BATCH probe completed");
            return result.exitCode() == 0;
        } catch (JobException e) {
            LOG.atDebug().setCause(e).addKeyValue("chrt", scheduling.chrt()).log("SCHED_BATCH unavailable");
            return false;
        }
    }
}
