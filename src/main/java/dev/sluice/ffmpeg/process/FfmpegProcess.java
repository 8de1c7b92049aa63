package dev.sluice.ffmpeg.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import ws.schild.jave.process.ProcessWrapper;

/**
 * A jave2 process with its own way to start and stop: in a working directory, with a minimal environment, optionally in a
 * sandbox. It can be killed immediately and is killed if this JVM ends. See
 * docs/decisions/010-use-jave2-for-process-supertypes-only.md and 060-sandbox-ffmpeg-with-bubblewrap.md.
 */
final class FfmpegProcess extends ProcessWrapper {
    private static final Logger LOG = LoggerFactory.getLogger(FfmpegProcess.class);

    /** The guard kills immediately. A process that is alive after this time was kept alive by the program itself. */
    private static final Duration GUARD_TIMEOUT = Duration.ofSeconds(2);

    private final FfmpegLaunchSpec launchSpec;
    private final List<String> command;
    private @Nullable Process process;

    FfmpegProcess(FfmpegLaunchSpec launchSpec) {
        super(launchSpec.getExecutablePath());
        this.launchSpec = launchSpec;
        this.command = new ArrayList<>(launchSpec.command());
    }

    @Override
    public void addArgument(String argument) {
        command.add(argument);
    }

    @Override
    public void execute() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(launchSpec.fileAccess().directory().toFile());
        builder.environment().clear();
        builder.environment().putAll(launchSpec.environment());
        process = builder.start();
    }

    /** {@inheritDoc} Both flags are ignored: the streams are always open, and the guard replaces a shutdown hook. */
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

    /** Process id of the guard, or of its sandbox. */
    long pid() {
        return running().pid();
    }

    /** Returns whether the process ended within {@code timeout}. */
    boolean waitFor(Duration timeout) throws InterruptedException {
        return running().waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Kills the process without waiting for its end. Safe to call from any thread, at any time. */
    void kill() {
        Process current = process;
        if (current != null) {
            try {
                current.getOutputStream().close();
            } catch (IOException e) {
                LOG.atDebug().setCause(e).log("process already exited");
            }
        }
    }

    /** Kills the process if it is alive and waits for its end. Its output can still be read. */
    @Override
    public void destroy() {
        kill();
        Process current = process;
        boolean interrupted = false;
        while (current != null && current.isAlive()) {
            try {
                if (!current.waitFor(GUARD_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                    LOG.warn("process group still alive after guard exit; killing it");
                    current.descendants().forEach(ProcessHandle::destroyForcibly);
                    current.destroyForcibly();
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Exit code of the ended process; 128 plus the signal number if a signal ended it. */
    @Override
    public int getProcessExitCode() {
        return running().exitValue();
    }

    private Process running() {
        Process current = process;
        if (current == null) {
            throw new IllegalStateException("process not started");
        }
        return current;
    }
}
