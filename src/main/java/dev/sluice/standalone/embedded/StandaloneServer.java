package dev.sluice.standalone.embedded;

import dev.sluice.app.Sluice;
import dev.sluice.app.Version;
import dev.sluice.common.io.PrivateFiles;
import dev.sluice.common.text.JsonLog;
import dev.sluice.config.SluiceConfig;
import dev.sluice.monitoring.ProcessMetrics;
import dev.sluice.tracing.ProcessTracing;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The running embedded services and pipeline. */
public final class StandaloneServer implements AutoCloseable {
    private static final long STOP_TIMEOUT_SECONDS = 15;

    private final EmbeddedServices services;
    private final SluiceConfig config;
    private final Vertx vertx;
    private final Sluice sluice;
    private final ProcessTracing tracing;
    private boolean closed;

    private StandaloneServer(
            EmbeddedServices services, SluiceConfig config, Vertx vertx, Sluice sluice, ProcessTracing tracing) {
        this.tracing = tracing;
        this.services = services;
        this.config = config;
        this.vertx = vertx;
        this.sluice = sluice;
    }

    /**
     * Starts services and pipeline with the environment of this process; blocks until the pipeline has started.
     *
     * @param settings configuration; its sections of services are ignored
     * @throws IOException if a service does not start
     */
    public static StandaloneServer start(Path data, JsonObject settings) throws IOException {
        return start(data, settings, System.getenv());
    }

    /**
     * As above.
     *
     * @param environment overrides the configuration; its variables of services are ignored
     */
    public static StandaloneServer start(Path data, JsonObject settings, Map<String, String> environment)
            throws IOException {
        EmbeddedServices services = EmbeddedServices.startBeforeBroker(data);
        try {
            JsonObject json = settings.copy().mergeIn(services.configuration(), true);
            SluiceConfig config = SluiceConfig.read(json, withoutServices(environment));
            if (config.logging().format() == SluiceConfig.LogFormat.JSON) {
                JsonLog.enable();
            }
            writePrivate(configuration(data), json);
            StandaloneServer standalone = start(services, config, ProcessTracing.of(environment, Version.current()));
            // At every end of the process, because the database is a process of its own.
            Runtime.getRuntime().addShutdownHook(new Thread(standalone::close, "sluice-stop"));
            return standalone;
        } catch (IOException | RuntimeException failed) {
            services.close();
            throw failed;
        }
    }

    private static StandaloneServer start(EmbeddedServices services, SluiceConfig config, ProcessTracing tracing) {
        ProcessMetrics metrics = new ProcessMetrics();
        Vertx vertx = tracing.instrument(
                        config.monitoring().enabled()
                                ? metrics.instrument(
                                        new VertxOptions(),
                                        options -> Vertx.builder().with(options))
                                : Vertx.builder())
                .build();
        try {
            return new StandaloneServer(
                    services,
                    config,
                    vertx,
                    Sluice.start(vertx, config, metrics, tracing.tracer(), services.whenBrokerStarted())
                            .await(),
                    tracing);
        } catch (Exception failed) {
            // Also the failure of the broker, which is a checked exception.
            vertx.close().await();
            throw failed;
        }
    }

    /** The configuration file for other processes. */
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

    /** The file of an object. */
    public Path objectPath(String key) {
        return services.objectPath(key);
    }

    /** Stops the pipeline, then the services; further calls do nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            sluice.stop().await(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            vertx.close().await(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            tracing.close();
        } catch (TimeoutException timeout) {
            throw new IllegalStateException(
                    "The pipeline did not stop within " + STOP_TIMEOUT_SECONDS + " s.", timeout);
        } finally {
            services.close();
        }
    }

    /** The environment without variables of services, which refer to other than the embedded ones. */
    private static Map<String, String> withoutServices(Map<String, String> all) {
        Map<String, String> environment = new HashMap<>(all);
        environment.keySet().removeIf(name -> name.matches("SLUICE_(RABBITMQ|POSTGRES|S3)_.*"));
        return environment;
    }

    /** For {@code submit} in another process. Private, because it contains the passwords of this run. */
    private static void writePrivate(Path file, JsonObject json) throws IOException {
        PrivateFiles.writeString(file, json.encodePrettily());
    }
}
