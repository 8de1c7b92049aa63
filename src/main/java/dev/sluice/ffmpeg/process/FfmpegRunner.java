package dev.sluice.ffmpeg.process;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.tracing.Span;
import dev.sluice.job.Cost;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs FFmpeg or ffprobe until it exits, or kills it. In every case the process has ended when {@link #run} returns. */
public final class FfmpegRunner {
    /** Options of a run that {@link #measure} watches; results have the level of information. */
    public static final List<String> MEASUREMENT_OPTIONS = List.of(
            "-nostdin",
            "-hide_banner",
            "-nostats",
            "-loglevel",
            "level+info",
            "-progress",
            "pipe:1",
            "-stats_period",
            "0.5");

    private static final Logger LOG = LoggerFactory.getLogger(FfmpegRunner.class);
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
    /** The interval doubles from here, so that the memory of short runs is sampled, too. */
    private static final Duration FIRST_POLL = Duration.ofMillis(20);

    /** bubblewrap's exit code if it could not set up the sandbox; its error message then starts with its name. */
    private static final int BWRAP_SETUP_FAILED = 1;

    private final FfmpegLaunchSpec launchSpec;

    public FfmpegRunner(FfmpegLaunchSpec launchSpec) {
        this.launchSpec = launchSpec;
    }

    /**
     * Result of a run that was not killed by this class.
     *
     * @param command the program without its directory, and its arguments
     */
    public record ExitResult(int exitCode, StderrLog stderr, List<String> command) {
        public ExitResult {
            command = List.copyOf(command);
        }

        /** The command and the last error output, at most 4 KiB, without paths. */
        String diagnostics() {
            return Diagnostics.of(command, stderr);
        }

        public String lastLine() {
            return stderr.lastLine().orElse("exit code " + exitCode);
        }
    }

    /**
     * Runs the program; blocks. Passes each line of its standard output to {@code output}, on a thread of this run. Adds what the
     * program used to the cost of {@code cancellation}, also if the program is killed.
     *
     * @throws JobException the cancellation's reason, the watchdog's failure, MEMORY_EXCEEDED or OUTPUT_EXCEEDED if the run
     *     exceeded a limit, FFMPEG_FAILED if the program cannot be started
     */
    public ExitResult run(
            List<String> arguments, Consumer<String> output, Watchdog watchdog, CancellationToken cancellation) {
        cancellation.throwIfCancelled();
        String program = program();
        Span span = cancellation.span().child(program, Span.Kind.INTERNAL).with("process.executable.name", program);
        try {
            ExitResult result = runProcess(arguments, output, watchdog, cancellation);
            Span exited = span.with("process.exit.code", result.exitCode());
            (result.exitCode() == 0 ? exited : exited.failed("exit_code")).end();
            return result;
        } catch (RuntimeException failure) {
            span.failed(Span.typeOf(failure)).end();
            throw failure;
        }
    }

    /**
     * Runs a measurement, whose failure does not fail the job; blocks. Empty, with a warning in the log, if it fails or makes no
     * progress for {@code stallTimeout}.
     *
     * @param arguments begin with {@link #MEASUREMENT_OPTIONS}
     * @param failed the message of the warning
     * @throws JobException the cancellation's reason
     */
    public Optional<StderrLog> measure(
            List<String> arguments, Duration stallTimeout, String failed, CancellationToken cancellation) {
        ProgressParser parser = new ProgressParser();
        Watchdog watchdog = Watchdog.withStallTimeout(stallTimeout);
        try {
            ExitResult exit = run(
                    arguments,
                    line -> {
                        if (parser.accept(line)) {
                            watchdog.reset();
                        }
                    },
                    watchdog,
                    cancellation);
            if (exit.exitCode() == 0) {
                return Optional.of(exit.stderr());
            }
            LOG.atWarn().addKeyValue("ffmpeg", exit.stderr()).log(failed);
        } catch (JobException failure) {
            cancellation.throwIfCancelled();
            LOG.atWarn().addKeyValue("error", failure.code()).setCause(failure).log(failed);
        }
        return Optional.empty();
    }

    private ExitResult runProcess(
            List<String> arguments, Consumer<String> output, Watchdog watchdog, CancellationToken cancellation) {
        try (FfmpegProcess process = launchSpec.createExecutor()) {
            arguments.forEach(process::addArgument);
            start(process);
            StderrLog stderr = new StderrLog();
            GuardReport report = new GuardReport(stderr::add);
            PeakMemory memory = new PeakMemory();
            Thread errorReader = reader("ffmpeg-stderr", process.getErrorStream(), report);
            Thread outputReader = reader("ffmpeg-stdout", process.getInputStream(), output);
            CancellationToken.Registration registration = cancellation.onCancel(process::kill);
            List<String> command = command(arguments);
            try {
                waitFor(process, memory, watchdog, cancellation);
            } catch (JobException killed) {
                process.destroy();
                join(errorReader);
                throw killed.withDiagnostics(Diagnostics.of(command, stderr));
            } finally {
                registration.close();
                process.destroy();
                join(errorReader);
                join(outputReader);
                cancellation.cost().add(report.cost().plus(Cost.ofProcess(Duration.ZERO, 0, 0, memory.bytes())));
            }
            cancellation.throwIfCancelled();
            return check(new ExitResult(process.getProcessExitCode(), stderr, command));
        }
    }

    private String program() {
        return String.valueOf(launchSpec.executable().getFileName());
    }

    private List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(program());
        command.addAll(arguments);
        return command;
    }

    private ExitResult check(ExitResult result) {
        boolean noSandbox = result.exitCode() == BWRAP_SETUP_FAILED
                && launchSpec.sandbox().isPresent()
                && result.stderr().anyMatch(line -> line.startsWith("bwrap: "));
        if (noSandbox) {
            LOG.atWarn().addKeyValue("bwrap", result.stderr()).log("sandbox unavailable");
            throw new JobException(
                    ErrorCode.FFMPEG_FAILED,
                    "The sandbox for FFmpeg could not be set up.",
                    new IOException(result.lastLine()));
        }
        ProcessErrorMapper.limitExceeded(launchSpec.limits(), result).ifPresent(failure -> {
            LOG.atInfo()
                    .addKeyValue("error", failure.code())
                    .addKeyValue("ffmpeg", result.stderr())
                    .log("resource limit exceeded");
            throw failure.withDiagnostics(result.diagnostics());
        });
        return result;
    }

    private void start(FfmpegProcess process) {
        try {
            process.execute();
        } catch (IOException e) {
            throw new JobException(
                    ErrorCode.FFMPEG_FAILED, launchSpec.executable().getFileName() + " cannot be started.", e);
        }
    }

    /** Waits until the process has ended, is cancelled, or exceeds the limits of the watchdog. */
    private static void waitFor(
            FfmpegProcess process, PeakMemory memory, Watchdog watchdog, CancellationToken cancellation) {
        try {
            Duration remaining = watchdog.remaining();
            Duration interval = FIRST_POLL;
            while (!process.waitFor(min(remaining, interval)) && !cancellation.isCancelled()) {
                interval = min(interval.multipliedBy(2), POLL_INTERVAL);
                memory.sample(process.pid());
                watchdog.poll();
                remaining = watchdog.remaining();
                if (remaining.isNegative() || remaining.isZero()) {
                    throw watchdog.failure();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException(ErrorCode.SHUTDOWN, "Interrupted by the shutdown of Sluice.", e);
        }
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
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
            LOG.atDebug().setCause(e).log("output stream of killed process closed");
        }
    }

    /** The process has ended, so its pipes are at their end and the readers finish. */
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
