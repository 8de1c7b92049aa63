package dev.sluice.broker;

import dev.sluice.config.value.Secret;
import dev.sluice.standalone.embedded.EmbeddedBrokerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The embedded broker in a JVM of its own, so that it can be killed. Takes 2 to 4 s to start. */
public final class EmbeddedNode implements BrokerNode {
    private final int port = ChildProcess.freePort();
    private final Path directory;
    private ChildProcess server;

    private EmbeddedNode(Path directory) {
        this.directory = directory;
        this.server = launch();
    }

    public static EmbeddedNode start() {
        try {
            return new EmbeddedNode(Files.createTempDirectory("embedded"));
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    private ChildProcess launch() {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        ChildProcess started = ChildProcess.start(
                List.of(
                        java.toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EmbeddedBrokerProcess.class.getName(),
                        directory.resolve("data").toString(),
                        String.valueOf(port),
                        password().reveal()),
                Map.of(),
                directory.resolve("server.out"));
        started.awaitReady(this::takesConnections);
        return started;
    }

    @Override
    public void kill() {
        server.kill();
    }

    @Override
    public void restart() {
        server.kill();
        server = launch();
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String user() {
        return "sluice";
    }

    @Override
    public Secret password() {
        return new Secret("let-me-in");
    }

    @Override
    public void close() {
        server.kill();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(file -> file.delete());
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }
}
