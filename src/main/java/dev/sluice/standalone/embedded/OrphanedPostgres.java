package dev.sluice.standalone.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stops a PostgreSQL server that was orphaned by a killed process. */
final class OrphanedPostgres {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanedPostgres.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration CLOCK_SLACK = Duration.ofSeconds(5);

    private OrphanedPostgres() {}

    /** Stops the server of a data directory, if any; blocks until it has exited. Requires the lock of the directory. */
    static void stopIfRunning(Path data) throws IOException {
        Optional<ProcessHandle> found = find(data.resolve("postmaster.pid"));
        if (found.isPresent()) {
            ProcessHandle server = found.get();
            LOG.atWarn().addKeyValue("pid", server.pid()).log("stopping orphaned PostgreSQL server");
            stop(server);
        }
    }

    /** The first line of the file is the process ID, the third line the start time in seconds. */
    private static Optional<ProcessHandle> find(Path pidFile) throws IOException {
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(pidFile);
        if (lines.size() < 3 || !lines.get(0).matches("\\d+") || !lines.get(2).matches("\\d+")) {
            return Optional.empty();
        }
        Instant started = Instant.ofEpochSecond(Long.parseLong(lines.get(2)));
        return ProcessHandle.of(Long.parseLong(lines.get(0)))
                .filter(ProcessHandle::isAlive)
                .filter(process -> isServer(process.info(), started));
    }

    /** Compares program and start time, because process IDs are reused. */
    private static boolean isServer(ProcessHandle.Info process, Instant started) {
        boolean program = process.command()
                .map(Path::of)
                .filter(path -> path.endsWith("postgres"))
                .isPresent();
        return program
                && process.startInstant()
                        .filter(start -> Duration.between(start, started).abs().compareTo(CLOCK_SLACK) < 0)
                        .isPresent();
    }

    private static void stop(ProcessHandle server) throws IOException {
        // SIGINT is the fast shutdown of PostgreSQL. Java can only send SIGTERM, which waits for all clients to
        // disconnect.
        Process kill = new ProcessBuilder("/bin/sh", "-c", "kill -INT " + server.pid())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            int exitCode = kill.waitFor();
            if (exitCode != 0 && server.isAlive()) {
                throw new IOException(
                        "The orphaned PostgreSQL process " + server.pid() + " cannot be stopped: stop it manually.");
            }
            server.onExit().get(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException timeout) {
            throw new IOException(
                    "The orphaned PostgreSQL process " + server.pid() + " did not stop within "
                            + STOP_TIMEOUT.toSeconds() + " s: stop it manually.",
                    timeout);
        } catch (ExecutionException failed) {
            throw new IOException("Waiting for the orphaned PostgreSQL process failed.", failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while stopping the orphaned PostgreSQL process.", interrupted);
        }
    }
}
