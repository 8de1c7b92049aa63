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

/** Runs the embedded services and the pipeline until told to stop. */
@Command(name = StartCommand.NAME, description = "Run until told to stop (the default command).")
final class StartCommand implements Callable<Integer> {
    static final String NAME = "start";
    private static final String HOST = "127.0.0.1";
    private static final int USUAL_PORT = 8080;

    @Mixin
    private DataOption data = new DataOption();

    @Override
    public Integer call() throws Exception {
        int port = freePort();
        StandaloneServer standalone = StandaloneServer.start(data.directory(), withPage(data.settings(), port));
        LoggerFactory.getLogger(StartCommand.class)
                .atInfo()
                .addKeyValue("directory", data.directory())
                .addKeyValue("verticles", standalone.sluice().verticles().size())
                .log("standalone is up");
        System.out.println("Sluice is up: http://" + HOST + ":" + port + "/");
        System.out.println("A video goes in there, or with");
        System.out.println(
                "  java -jar sluice.jar submit FILE --wait -conf " + StandaloneServer.configuration(data.directory()));
        // A signal ends the process; what was started closes then.
        new CountDownLatch(1).await();
        return CommandLineRunner.OK;
    }

    /** The page and the API for whoever sits at this machine, unless the settings say otherwise. */
    private static JsonObject withPage(JsonObject settings, int port) {
        JsonObject backend = new JsonObject()
                .put("enabled", true)
                .put("host", HOST)
                .put("port", port)
                .put("auth", "none");
        return new JsonObject().put("backend", backend).mergeIn(settings, true);
    }

    /** The usual one, so that bookmarks last; another where that is taken. */
    private static int freePort() throws IOException {
        InetAddress here = InetAddress.getLoopbackAddress();
        try (ServerSocket usual = new ServerSocket(USUAL_PORT, 1, here)) {
            return usual.getLocalPort();
        } catch (BindException taken) {
            try (ServerSocket any = new ServerSocket(0, 1, here)) {
                return any.getLocalPort();
            }
        }
    }
}
