package dev.sluice.broker;

import dev.sluice.common.io.DirectoryTree;
import dev.sluice.config.value.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A broker in its own process, which a test can kill and restart. */
public abstract class BrokerNode implements TestBroker {
    final Path directory;
    private final int port = ChildProcess.freePort();
    private ChildProcess server;

    BrokerNode(String name) {
        try {
            directory = Files.createTempDirectory(name);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    /** Starts the server process, without waiting for it. */
    abstract ChildProcess launch();

    final void startServer() {
        server = launch();
        server.awaitReady(this::acceptsConnections);
    }

    final ChildProcess server() {
        return server;
    }

    /** Kills the process as {@code kill -9} does, and waits for its end. */
    public final void kill() {
        server.kill();
    }

    /** Kills the process, starts it on the same port and data, and waits until it accepts connections. */
    public final void restart() {
        kill();
        startServer();
    }

    @Override
    public final int port() {
        return port;
    }

    @Override
    public final String user() {
        return "sluice";
    }

    @Override
    public final Secret password() {
        return new Secret("let-me-in");
    }

    @Override
    public void close() {
        kill();
        removeTree(directory);
    }

    static void removeTree(Path root) {
        try {
            DirectoryTree.deleteRecursively(root);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }
}
