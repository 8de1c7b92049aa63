package dev.sluice.standalone;

import dev.sluice.cli.CommandLineRunner;
import dev.sluice.standalone.embedded.StandaloneServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs the embedded services and the pipeline until SIGTERM. */
@Command(name = StartCommand.NAME, description = "Run services and pipeline until SIGTERM (default command).")
final class StartCommand implements Callable<Integer> {
    static final String NAME = "start";
    private static final String HOST = "127.0.0.1";
    private static final int DEFAULT_PORT = 8080;

    @Mixin
    private DataOption data = new DataOption();

    @Override
    public Integer call() throws Exception {
        int port = freePort();
        StandaloneServer standalone = StandaloneServer.start(data.directory(), withWebUi(data.settings(), port));
        LoggerFactory.getLogger(StartCommand.class)
                .atInfo()
                .addKeyValue("directory", data.directory())
                .addKeyValue("verticles", standalone.sluice().verticles().size())
                .log("standalone server started");
        System.out.println("Web UI: http://" + HOST + ":" + port + "/");
        System.out.println("Submit a video there, or with");
        System.out.println(
                "  java -jar sluice.jar submit FILE --wait -conf " + StandaloneServer.configuration(data.directory()));
        // A signal ends the process; a shutdown hook closes the server.
        new CountDownLatch(1).await();
        return CommandLineRunner.OK;
    }

    /** Web UI and API on the loopback interface, unless the settings say otherwise. */
    private static JsonObject withWebUi(JsonObject settings, int port) {
        JsonObject backend = new JsonObject()
                .put("enabled", true)
                .put("host", HOST)
                .put("port", port)
                .put("auth", "none");
        return new JsonObject().put("backend", backend).mergeIn(settings, true);
    }

    /** The default port, so that bookmarks remain valid; another one if it is in use. */
    private static int freePort() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket preferred = new ServerSocket(DEFAULT_PORT, 1, loopback)) {
            return preferred.getLocalPort();
        } catch (BindException inUse) {
            try (ServerSocket any = new ServerSocket(0, 1, loopback)) {
                return any.getLocalPort();
            }
        }
    }
}
