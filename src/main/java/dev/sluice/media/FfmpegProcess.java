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
import ws.schild.jave.process.ProcessWrapper;

/**
 * jave2's process, started and ended our way: in a directory of its own, with an environment of its own, and killed at once
 * with everything that it started. See docs/decisions/010-jave2.md.
 */
final class FfmpegProcess extends ProcessWrapper {
    private final Path directory;
    private final List<String> command = new ArrayList<>();
    private @Nullable Process process;

    FfmpegProcess(Path executable, Path directory) {
        super(executable.toString());
        this.directory = directory;
        command.add(executable.toString());
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
        Process started = builder.start();
        process = started;
        started.getOutputStream().close();
    }

    /** {@inheritDoc} Both switches are ignored: the streams are always open, and shutdown is the caller's business. */
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

    /**
     * Kills the process and what it started, at once; does not wait. Does nothing to a process that has ended: the JDK would
     * close its streams, and what it said last would be lost.
     */
    void kill() {
        Process started = process;
        if (started != null && started.isAlive()) {
            started.descendants().forEach(ProcessHandle::destroyForcibly);
            started.destroyForcibly();
        }
    }

    /** Kills the process, waits until it is gone and closes its streams. */
    @Override
    public void destroy() {
        Process started = process;
        if (started == null) {
            return;
        }
        kill();
        boolean interrupted = false;
        while (started.isAlive()) {
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
