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

/** The PostgreSQL server that a killed process left running on a data directory. */
final class OrphanedPostgres {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanedPostgres.class);
    private static final Duration FAST = Duration.ofSeconds(20);
    private static final Duration CLOCK_SLACK = Duration.ofSeconds(5);

    private OrphanedPostgres() {}

    /** Stops it, if there is one; blocks until it is gone. To be called only by the holder of the directory's lock. */
    static void stopIfRunning(Path data) throws IOException {
        Optional<ProcessHandle> found = find(data.resolve("postmaster.pid"));
        if (found.isPresent()) {
            ProcessHandle server = found.get();
            LOG.atWarn().addKeyValue("pid", server.pid()).log("stopping a database that a killed process left behind");
            stop(server);
        }
    }

    /** PostgreSQL writes its process id in the first line, and when it started, in seconds, in the third. */
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

    /** Process ids are used again: whoever has this one now must be the server that wrote it down. */
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
        // SIGINT is PostgreSQL's fast shutdown. Java can only send SIGTERM, which waits for every client to leave.
        Process kill = new ProcessBuilder("/bin/sh", "-c", "kill -INT " + server.pid())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            int refused = kill.waitFor();
            if (refused != 0 && server.isAlive()) {
                throw new IOException("The database process " + server.pid()
                        + " of an earlier run is still there and cannot be stopped: stop it by hand.");
            }
            server.onExit().get(FAST.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException busy) {
            throw new IOException(
                    "The database process " + server.pid() + " of an earlier run did not stop within "
                            + FAST.toSeconds() + " s: stop it by hand.",
                    busy);
        } catch (ExecutionException impossible) {
            throw new IOException("The database of an earlier run cannot be watched.", impossible);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while a database of an earlier run was being stopped.", interrupted);
        }
    }
}
