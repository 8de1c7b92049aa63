package dev.sluice.broker;

import dev.sluice.standalone.embedded.EmbeddedBrokerProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The embedded broker in its own JVM, so that it can be killed. Takes 2 to 4 s to start. */
public final class EmbeddedNode extends BrokerNode {
    private EmbeddedNode() {
        super("embedded");
    }

    public static EmbeddedNode start() {
        EmbeddedNode node = new EmbeddedNode();
        node.startServer();
        return node;
    }

    @Override
    ChildProcess launch() {
        return ChildProcess.start(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EmbeddedBrokerProcess.class.getName(),
                        directory.resolve("data").toString(),
                        String.valueOf(port()),
                        password().reveal()),
                Map.of(),
                directory.resolve("server.out"));
    }
}
