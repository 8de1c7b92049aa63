package dev.sluice.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The PostgreSQL server that a killed process left running on a data directory. */
final class OrphanedServer {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanedServer.class);
    private static final Duration FAST = Duration.ofSeconds(20);

    private OrphanedServer() {}

    /**
     * Stops it, if there is one; blocks until it is gone. To be called only by the holder of the directory's lock.
     *
     * @param binaries only a server whose program lies in here is ours to stop: process ids are used again
     */
    static void stopIn(Path data, Path binaries) throws IOException {
        if (!Files.exists(binaries)) {
            return;
        }
        // The kernel names a process's program without symbolic links.
        Path programs = binaries.toRealPath();
        Optional<ProcessHandle> found = processId(data.resolve("postmaster.pid"))
                .flatMap(ProcessHandle::of)
                .filter(ProcessHandle::isAlive)
                .filter(process -> runsFrom(process, programs));
        if (found.isPresent()) {
            ProcessHandle server = found.get();
            LOG.atWarn().addKeyValue("pid", server.pid()).log("stopping a database that a killed process left behind");
            stop(server);
        }
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

    private static boolean runsFrom(ProcessHandle process, Path binaries) {
        return process.info()
                .command()
                .map(Path::of)
                .filter(program -> program.startsWith(binaries))
                .isPresent();
    }

    private static Optional<Long> processId(Path pidFile) throws IOException {
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(pidFile);
        try {
            return lines.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Long.parseLong(lines.get(0).strip()));
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }
}
