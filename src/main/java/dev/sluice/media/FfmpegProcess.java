package dev.sluice.media;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import ws.schild.jave.process.ProcessWrapper;

/**
 * jave2's process, started and ended our way: in a directory and with an environment of its own, and killed at once, also
 * when this JVM is. See docs/decisions/010-jave2.md.
 */
final class FfmpegProcess extends ProcessWrapper {
    private static final Logger LOG = LoggerFactory.getLogger(FfmpegProcess.class);

    /**
     * Runs its arguments and kills them when its standard input ends. We hold the other end, so it ends when we close it and
     * when the kernel does because this JVM is gone, however it went.
     */
    private static final String GUARD = """
            exec 3<&0
            "$@" </dev/null 3<&- &
            child=$!
            { read -r nothing <&3; kill -9 $child; } >/dev/null 2>&1 &
            guard=$!
            wait $child
            code=$?
            kill $guard 2>/dev/null
            exit $code
            """;

    private final Path directory;
    private final List<String> command;
    private @Nullable Process process;

    FfmpegProcess(Path executable, Path directory) {
        super(executable.toString());
        this.directory = directory;
        this.command = new ArrayList<>(List.of("/bin/sh", "-c", GUARD, "sh", executable.toString()));
    }

    @Override
    public void addArgument(String argument) {
        command.add(argument);
    }

    @Override
    public void execute() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH", "/usr/bin:/bin",
                        "HOME", directory.toString(),
                        "TMPDIR", directory.toString(),
                        "LC_ALL", "C",
                        "AV_LOG_FORCE_NOCOLOR", "1"));
        process = builder.start();
    }

    /** {@inheritDoc} Both switches are ignored: the streams are always open, and the guard needs no shutdown hook. */
    @Override
    public void execute(boolean destroyOnRuntimeShutdown, boolean openIOStreams) throws IOException {
        execute();
    }

    @Override
    public InputStream getInputStream() {
        return running().getInputStream();
    }

    @Override
    public OutputStream getOutputStream() {
        return running().getOutputStream();
    }

    @Override
    public InputStream getErrorStream() {
        return running().getErrorStream();
    }

    /** Whether the process ended within {@code limit}. */
    boolean waitFor(Duration limit) throws InterruptedException {
        return running().waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Has the process killed at once; does not wait. Safe to call from any thread, at any time. */
    void kill() {
        Process started = process;
        if (started != null) {
            try {
                started.getOutputStream().close();
            } catch (IOException e) {
                LOG.atDebug().setCause(e).log("the process was gone already");
            }
        }
    }

    /** Kills the process if it still runs and waits until it is gone. What it wrote can still be read. */
    @Override
    public void destroy() {
        kill();
        Process started = process;
        boolean interrupted = false;
        while (started != null && started.isAlive()) {
            try {
                started.waitFor();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The exit code of the ended process; 128 and the signal's number when a signal ended it. */
    @Override
    public int getProcessExitCode() {
        return running().exitValue();
    }

    private Process running() {
        Process started = process;
        if (started == null) {
            throw new IllegalStateException("the process was not started");
        }
        return started;
    }
}
