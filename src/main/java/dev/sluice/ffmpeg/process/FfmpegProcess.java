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
 * jave2's process, started and ended our way: in a directory and with an environment of its own, perhaps in a cage, and
 * killed at once, also when this JVM is. See docs/decisions/010-jave2.md and 060-the-cage-around-ffmpeg.md.
 */
final class FfmpegProcess extends ProcessWrapper {
    private static final Logger LOG = LoggerFactory.getLogger(FfmpegProcess.class);

    /** The guard kills at once; who is still there after this was kept from it by the program itself. */
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
                if (!started.waitFor(GUARD_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                    LOG.warn("the guard did not end its process, killing all of them");
                    started.descendants().forEach(ProcessHandle::destroyForcibly);
                    started.destroyForcibly();
                }
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
