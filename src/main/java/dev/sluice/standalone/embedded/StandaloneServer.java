package dev.sluice.standalone.embedded;

import dev.sluice.app.Sluice;
import dev.sluice.config.SluiceConfig;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The embedded services and the pipeline on top of them, running. */
public final class StandaloneServer implements AutoCloseable {
    private static final long LONGEST_STOP_SECONDS = 15;

    private final EmbeddedServices services;
    private final SluiceConfig config;
    private final Vertx vertx;
    private final Sluice sluice;
    private boolean closed;

    private StandaloneServer(EmbeddedServices services, SluiceConfig config, Vertx vertx, Sluice sluice) {
        this.services = services;
        this.config = config;
        this.vertx = vertx;
        this.sluice = sluice;
    }

    /**
     * Starts everything; blocks until the pipeline is up.
     *
     * @param settings sections of a configuration that are not about the services
     * @throws IOException if a service does not start
     */
    public static StandaloneServer start(Path data, JsonObject settings) throws IOException {
        EmbeddedServices services = EmbeddedServices.start(data);
        try {
            JsonObject json = settings.copy().mergeIn(services.configuration(), true);
            SluiceConfig config = SluiceConfig.read(json, environmentWithoutServices());
            writeForOthers(configuration(data), json);
            StandaloneServer standalone = start(services, config);
            // However the process ends: the database is a process of its own and would stay.
            Runtime.getRuntime().addShutdownHook(new Thread(standalone::close, "sluice-stop"));
            return standalone;
        } catch (IOException | RuntimeException failed) {
            services.close();
            throw failed;
        }
    }

    private static StandaloneServer start(EmbeddedServices services, SluiceConfig config) {
        Vertx vertx = Vertx.vertx();
        try {
            return new StandaloneServer(
                    services, config, vertx, Sluice.start(vertx, config).await());
        } catch (RuntimeException failed) {
            vertx.close().await();
            throw failed;
        }
    }

    /** The configuration that leads other processes here. */
    public static Path configuration(Path data) {
        return data.resolve("sluice.json");
    }

    public SluiceConfig config() {
        return config;
    }

    public Vertx vertx() {
        return vertx;
    }

    public Sluice sluice() {
        return sluice;
    }

    /** Where the object with this key lies as a file. */
    public Path objectPath(String key) {
        return services.file(key);
    }

    /** Stops everything, the pipeline before the services; does nothing when that is done already or being done. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            sluice.stop().await(LONGEST_STOP_SECONDS, TimeUnit.SECONDS);
            vertx.close().await(LONGEST_STOP_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new IllegalStateException("the pipeline did not stop in time", late);
        } finally {
            services.close();
        }
    }

    /** What the machine's environment says of services is about others than ours. */
    private static Map<String, String> environmentWithoutServices() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.keySet().removeIf(name -> name.matches("SLUICE_(RABBITMQ|POSTGRES|S3)_.*"));
        return environment;
    }

    /** So that {@code submit} finds its way from another process; it holds this run's passwords. */
    private static void writeForOthers(Path file, JsonObject json) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, json.encodePrettily());
    }
}
