package dev.sluice.standalone.embedded;

import dev.sluice.config.value.Secret;
import java.io.IOException;
import java.nio.file.Path;

/** Runs the embedded broker until the process is killed. Arguments: data directory, port, password. */
public final class EmbeddedBrokerProcess {
    private EmbeddedBrokerProcess() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        EmbeddedBroker broker = EmbeddedBroker.start(Path.of(args[0]), Integer.parseInt(args[1]), new Secret(args[2]));
        System.out.println(broker.uri());
        Thread.currentThread().join();
    }
}
