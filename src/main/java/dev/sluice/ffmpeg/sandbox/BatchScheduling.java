package dev.sluice.ffmpeg.sandbox;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.ffmpeg.process.FfmpegLaunchSpec;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.job.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The command that has another one scheduled as batch work, sched(7) {@code SCHED_BATCH}: it gets as much of the processors
 * as before, but its threads do not push others off them when they wake. See docs/decisions/015-encodes-are-batch-work.md.
 *
 * @param chrt the program of util-linux that sets this
 */
public record BatchScheduling(Path chrt) {
    private static final Logger LOG = LoggerFactory.getLogger(BatchScheduling.class);
    private static final Path SELF = Path.of("/proc/self/stat");
    private static final Path SHELL = Path.of("/bin/sh");
    private static final Duration START_TIMEOUT = Duration.ofSeconds(10);

    /** Where the fields after the command's closing bracket are, proc(5): policy is field 41. */
    private static final int POLICY_AFTER_COMMAND = 38;

    private static final String ORDINARY = "0";

    /**
     * What sets it, where it can be set and whoever started this process has not chosen a policy; empty elsewhere, macOS
     * among it. Blocks.
     */
    public static Optional<BatchScheduling> find(List<Path> searchPath, ProcessLimits limits) {
        return isOrdinary()
                ? searchPath.stream()
                        .map(directory -> directory.resolve("chrt"))
                        .filter(Files::isExecutable)
                        .map(BatchScheduling::new)
                        .filter(found -> found.works(limits))
                        .findFirst()
                : Optional.empty();
    }

    /** The start of a command line; the command to be run follows. */
    public List<String> commandPrefix() {
        // BusyBox knows short options only.
        return List.of(chrt.toString(), "-b", "0");
    }

    private static boolean isOrdinary() {
        try {
            String stat = Files.readString(SELF);
            return stat.substring(stat.lastIndexOf(')') + 2)
                    .split(" ", -1)[POLICY_AFTER_COMMAND]
                    .equals(ORDINARY);
        } catch (IOException notLinux) {
            LOG.atDebug().setCause(notLinux).log("no scheduling policy to read");
            return false;
        }
    }

    private boolean works(ProcessLimits limits) {
        try {
            FfmpegRunner.ExitResult outcome = new FfmpegRunner(new FfmpegLaunchSpec(
                            SHELL, FileAccess.none(SHELL), limits, Optional.empty(), Optional.of(this)))
                    .run(List.of("-c", ":"), line -> {}, Watchdog.withDeadline(START_TIMEOUT), new CancellationToken());
            LOG.atDebug()
                    .addKeyValue("chrt", chrt)
                    .addKeyValue("exit", outcome.exitCode())
                    .log("batch scheduling tried");
            return outcome.exitCode() == 0;
        } catch (JobException e) {
            LOG.atDebug().setCause(e).addKeyValue("chrt", chrt).log("batch scheduling does not work");
            return false;
        }
    }
}
