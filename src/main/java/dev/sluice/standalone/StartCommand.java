package dev.sluice.standalone;

import dev.sluice.cli.CommandLineRunner;
import dev.sluice.cli.ListenOptions;
import dev.sluice.config.BackendConfig;
import dev.sluice.standalone.embedded.StandaloneServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs the embedded services and the pipeline until SIGTERM. */
@Command(name = StartCommand.NAME, description = "Run services and pipeline until SIGTERM (default command).")
final class StartCommand implements Callable<Integer> {
    static final String NAME = "start";
    private static final String PORT = "SLUICE_BACKEND_PORT";

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private ListenOptions listen = new ListenOptions();

    @Override
    public Integer call() throws Exception {
        StandaloneServer standalone = StandaloneServer.start(
                data.directory(), withWebUi(data.settings()), withFreePort(listen.in(System.getenv())));
        LoggerFactory.getLogger(StartCommand.class)
                .atInfo()
                .addKeyValue("directory", data.directory())
                .addKeyValue("verticles", standalone.sluice().verticles().size())
                .log("standalone server started");
        BackendConfig backend = standalone.config().backend();
        if (backend.enabled() && backend.webUi() && backend.port() > 0) {
            String host = backend.host().contains(":") ? "[" + backend.host() + "]" : backend.host();
            System.out.println("Web UI: http://" + host + ":" + backend.port() + "/");
            System.out.println("Submit a video there, or with");
        } else {
            System.out.println("Submit a video with");
        }
        System.out.println("  java -jar " + shellQuote(jar()) + " submit FILE --wait -conf "
                + shellQuote(StandaloneServer.configuration(data.directory())));
        // A signal ends the process; a shutdown hook closes the server.
        new CountDownLatch(1).await();
        return CommandLineRunner.OK;
    }

    /** Web UI and API on the loopback interface, unless the settings say otherwise. */
    private static JsonObject withWebUi(JsonObject settings) {
        JsonObject backend =
                new JsonObject().put("enabled", true).put("host", "127.0.0.1").put("auth", "none");
        return new JsonObject().put("backend", backend).mergeIn(settings, true);
    }

    /** Replaces port 0 by a free port, because the address is printed. */
    private static Map<String, String> withFreePort(Map<String, String> environment) throws IOException {
        if (!"0".equals(environment.get(PORT))) {
            return environment;
        }
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Map<String, String> free = new HashMap<>(environment);
            free.put(PORT, Integer.toString(any.getLocalPort()));
            return free;
        }
    }

    /** The jar of this process. */
    private static Path jar() throws URISyntaxException {
        return Path.of(StartCommand.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }

    /** A path as one word of a POSIX shell. */
    static String shellQuote(Path path) {
        String text = path.toString();
        return text.matches("[\\w./~+:@%-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
