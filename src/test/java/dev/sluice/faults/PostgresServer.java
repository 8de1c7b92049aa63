package dev.sluice.faults;

import dev.sluice.broker.ChildProcess;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.standalone.embedded.EmbeddedDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A PostgreSQL server owned by one run, which restarts on the same port and data. */
final class PostgresServer implements AutoCloseable {
    private final Path directory;
    private volatile EmbeddedDatabase server;

    private PostgresServer(Path directory) throws IOException {
        this.directory = directory;
        // The server reuses the recorded port; a reserved port is not assigned to outgoing connections.
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("port"), String.valueOf(ChildProcess.freePort()));
        this.server = EmbeddedDatabase.start(directory);
    }

    static PostgresServer start(Path directory) throws IOException {
        return new PostgresServer(directory);
    }

    int port() {
        return server.port();
    }

    /** Connects to the server directly; throws while the server is down. */
    TestDatabase database() {
        return new TestDatabase(server, "sluice");
    }

    /** Stops it gracefully, kills it if it does not stop, and starts it again. */
    void restart() throws IOException {
        server.close();
        keepLog();
        try {
            server = EmbeddedDatabase.start(directory);
        } catch (IOException stillThere) {
            killAll();
            server = EmbeddedDatabase.start(directory);
        }
    }

    /** Kills the server with all its backends, as a power failure would, and starts it again. */
    void killAndRestart() throws IOException {
        killAll();
        restart();
    }

    /** A restart overwrites the log. */
    private void keepLog() throws IOException {
        Path log = directory.resolve("postgresql.log");
        if (Files.exists(log)) {
            Files.write(
                    directory.resolveSibling("postgresql.log"),
                    Files.readAllBytes(log),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }

    private void killAll() throws IOException {
        List<ProcessHandle> all = new ArrayList<>();
        postmaster().ifPresent(postmaster -> {
            all.add(postmaster);
            postmaster.descendants().forEach(all::add);
        });
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(process -> process.onExit().join());
    }

    /** The main process; empty if it has ended. */
    private Optional<ProcessHandle> postmaster() throws IOException {
        try {
            String pid = Files.readAllLines(directory.resolve("data").resolve("postmaster.pid"))
                    .get(0);
            return ProcessHandle.of(Long.parseLong(pid.strip()));
        } catch (NoSuchFileException ended) {
            return Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        keepLog();
    }
}
