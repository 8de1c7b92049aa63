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

/** A PostgreSQL server of the bench's own, as processes beside it, that comes back on the same port and data. */
final class PostgresServer implements AutoCloseable {
    private final Path directory;
    private volatile EmbeddedDatabase server;

    private PostgresServer(Path directory) throws IOException {
        this.directory = directory;
        // The server takes the port of "last time" where it can; a port of our choice is not given to anybody's client.
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

    /** What is in it now, over a connection that no fault cuts; a server that is down throws. */
    TestDatabase database() {
        return new TestDatabase(server, "sluice");
    }

    /** Stops it in order, or kills it when it does not stop, as whoever runs servers does, and starts it again. */
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

    /** Kills the server and all its backends at once, as a power cut would, and starts it again. */
    void killAndRestart() throws IOException {
        killAll();
        restart();
    }

    /** A server begins its log anew. */
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

    /** The server's first process; none when it has ended by itself meanwhile. */
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
