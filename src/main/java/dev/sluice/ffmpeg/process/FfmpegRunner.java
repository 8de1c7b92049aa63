package dev.sluice.ffmpeg.process;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs FFmpeg or ffprobe to its end, or kills it. Whatever happens, the process is gone when {@link #run} returns. */
public final class FfmpegRunner {
    private static final Logger LOG = LoggerFactory.getLogger(FfmpegRunner.class);
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);

    /** bubblewrap's exit code when it could not set up its cage; what it says then begins with its name. */
    private static final int BWRAP_SETUP_FAILED = 1;

    private final FfmpegLaunchSpec launchSpec;

    public FfmpegRunner(FfmpegLaunchSpec launchSpec) {
        this.launchSpec = launchSpec;
    }

    /** How a run ended by itself. */
    public record ExitResult(int exitCode, StderrLog stderr) {
        public String lastLine() {
            return stderr.lastLine().orElse("exit code " + exitCode);
        }
    }

    /**
     * Runs the program. Each line of its standard output goes to {@code output}, on a thread of this run.
     *
     * @throws JobException the cancellation's reason, the watchdog's when its patience is over, MEMORY_EXCEEDED or
     *     OUTPUT_EXCEEDED when the run met its limits, FFMPEG_FAILED when the program can't be started
     */
    public ExitResult run(
            List<String> arguments, Consumer<String> output, Watchdog watchdog, CancellationToken cancellation) {
        cancellation.throwIfCancelled();
        try (FfmpegProcess process = launchSpec.createExecutor()) {
            arguments.forEach(process::addArgument);
            start(process);
            StderrLog errors = new StderrLog();
            Thread errorReader = reader("ffmpeg-stderr", process.getErrorStream(), errors::add);
            Thread outputReader = reader("ffmpeg-stdout", process.getInputStream(), output);
            CancellationToken.Registration registration = cancellation.onCancel(process::kill);
            try {
                waitFor(process, watchdog, cancellation);
            } finally {
                registration.close();
                process.destroy();
                join(errorReader);
                join(outputReader);
            }
            cancellation.throwIfCancelled();
            return checked(new ExitResult(process.getProcessExitCode(), errors));
        }
    }

    private ExitResult checked(ExitResult outcome) {
        boolean noCage = outcome.exitCode() == BWRAP_SETUP_FAILED
                && launchSpec.sandbox().isPresent()
                && outcome.stderr().anyMatch(line -> line.startsWith("bwrap: "));
        if (noCage) {
            LOG.atWarn().addKeyValue("bwrap", outcome.stderr()).log("no sandbox");
            throw new JobException(
                    ErrorCode.FFMPEG_FAILED,
                    "The sandbox around FFmpeg could not be set up.",
                    new IOException(outcome.lastLine()));
        }
        ProcessErrorMapper.limitExceeded(launchSpec.limits(), outcome).ifPresent(failure -> {
            LOG.atInfo()
                    .addKeyValue("error", failure.code())
                    .addKeyValue("ffmpeg", outcome.stderr())
                    .log("limit met");
            throw failure;
        });
        return outcome;
    }

    private void start(FfmpegProcess process) {
        try {
            process.execute();
        } catch (IOException e) {
            throw new JobException(
                    ErrorCode.FFMPEG_FAILED, launchSpec.executable().getFileName() + " could not be started.", e);
        }
    }

    /** Until the process has ended or is to be killed. */
    private static void waitFor(FfmpegProcess process, Watchdog watchdog, CancellationToken cancellation) {
        try {
            Duration left = watchdog.remaining();
            while (!process.waitFor(left.compareTo(POLL_INTERVAL) < 0 ? left : POLL_INTERVAL)
                    && !cancellation.isCancelled()) {
                watchdog.poll();
                left = watchdog.remaining();
                if (left.isNegative() || left.isZero()) {
                    throw watchdog.failure();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException(ErrorCode.SHUTDOWN, "The work was interrupted because Sluice is stopping.", e);
        }
    }

    private static Thread reader(String name, InputStream stream, Consumer<String> lines) {
        Thread thread = new Thread(() -> read(stream, lines), name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void read(InputStream stream, Consumer<String> lines) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            String line = reader.readLine();
            while (line != null) {
                lines.accept(line);
                line = reader.readLine();
            }
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("output of a killed process ended");
        }
    }

    /** The process is gone, so its pipes are at their end and the readers finish by themselves. */
    private static void join(Thread reader) {
        boolean interrupted = false;
        while (reader.isAlive()) {
            try {
                reader.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
