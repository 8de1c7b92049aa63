package dev.sluice.standalone.embedded;

import dev.sluice.common.io.PrivateFiles;
import dev.sluice.config.value.Secret;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import org.apache.qpid.server.SystemLauncher;
import org.apache.qpid.server.SystemLauncherListener;
import org.apache.qpid.server.model.Broker;
import org.apache.qpid.server.model.Port;
import org.apache.qpid.server.model.State;
import org.apache.qpid.server.model.SystemConfig;
import org.apache.qpid.server.model.VirtualHost;
import org.apache.qpid.server.model.VirtualHostNode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An AMQP 0-9-1 broker (Qpid Broker-J) in this JVM, on a free port of the loopback interface. Queues and messages are stored in
 * the data directory; port and password are new at each start.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
    static final String USER = "sluice";
    private static final int ANY_PORT = 0;
    private static final int PASSWORD_BYTES = 24;
    private static final String BROKER_MODEL_VERSION = "9.1";

    /** For about a dozen connections. The 64 threads of Qpid's default run in turn, with cold caches. */
    private static final String CONNECTION_THREADS = "6";

    private static final String SELECTORS = "1";

    private final SystemLauncher launcher;
    private final int port;
    private final Secret password;
    private final FileChannel lock;

    private EmbeddedBroker(SystemLauncher launcher, int port, Secret password, FileChannel lock) {
        this.lock = lock;
        this.launcher = launcher;
        this.port = port;
        this.password = password;
    }

    /**
     * Starts the broker; blocks for 1 to 3 seconds.
     *
     * @param dataDirectory created if missing; for one broker at a time
     * @throws IOException if the directory is unusable or used by another broker
     */
    public static EmbeddedBroker start(Path dataDirectory) throws IOException {
        return start(dataDirectory, ANY_PORT, newPassword());
    }

    /** As {@link #start(Path)}, with this port (0: any free port) and password. */
    static EmbeddedBroker start(Path dataDirectory, int port, Secret password) throws IOException {
        Path directory = dataDirectory.toAbsolutePath();
        PrivateFiles.ownDirectory(directory);
        PrivateFiles.ownDirectory(directory.resolve("store"));
        // Otherwise Derby writes derby.log into the current directory.
        Path derbyLog = directory.resolve("derby.log");
        PrivateFiles.createIfMissing(derbyLog);
        System.setProperty("derby.stream.error.file", derbyLog.toString());
        System.setProperty("derby.storage.useDefaultFilePermissions", "false");
        FileChannel lock = LockFile.acquire(
                directory.resolve("lock"), "Another broker uses the data directory " + directory + ".");
        Container container = new Container();
        SystemLauncher launcher = new SystemLauncher(container);
        Path configuration = directory.resolve("initial-configuration.json");
        try {
            PrivateFiles.writeString(
                    configuration, configuration(directory, port, password).encode());
            launcher.startup(Map.of(
                    "type",
                    "Memory",
                    "initialConfigurationLocation",
                    configuration.toUri().toString(),
                    "startupLoggedToSystemOut",
                    false,
                    "context",
                    Map.of(
                            "qpid.work_dir",
                            directory.toString(),
                            "queue.behaviourOnUnknownDeclareArgument",
                            "IGNORE",
                            "virtualhost.connectionThreadPool.size",
                            CONNECTION_THREADS,
                            "virtualhost.connectionThreadPool.numberOfSelectors",
                            SELECTORS)));
            int boundPort = container.boundPort();
            container.removeShutdownHook();
            return new EmbeddedBroker(launcher, boundPort, password, lock);
        } catch (Exception cause) {
            launcher.shutdown();
            lock.close();
            throw new IOException("The embedded broker failed to start in " + directory + ".", cause);
        } finally {
            Files.deleteIfExists(configuration);
        }
    }

    static Secret newPassword() {
        byte[] bytes = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        return new Secret(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** The broker configuration, which is kept in memory; the virtual host has persistent storage. */
    private static JsonObject configuration(Path directory, int port, Secret password) {
        JsonObject user =
                new JsonObject().put("name", USER).put("type", "managed").put("password", password.reveal());
        JsonObject login = new JsonObject()
                .put("name", "login")
                .put("type", "Plain")
                .put("secureOnlyMechanisms", new JsonArray())
                .put("users", new JsonArray().add(user));
        JsonObject amqp = new JsonObject()
                .put("name", "AMQP")
                .put("type", "AMQP")
                .put("bindingAddress", "127.0.0.1")
                .put("port", port)
                .put("protocols", new JsonArray().add("AMQP_0_9_1"))
                .put("authenticationProvider", "login")
                .put(
                        "virtualhostaliases",
                        new JsonArray().add(alias("nameAlias")).add(alias("defaultAlias")));
        JsonObject node = new JsonObject()
                .put("name", "default")
                .put("type", "DERBY")
                .put("storePath", directory.resolve("store").toString())
                .put("defaultVirtualHostNode", true)
                .put(
                        "virtualHostInitialConfiguration",
                        new JsonObject().put("type", "ProvidedStore").encode());
        return new JsonObject()
                .put("name", "sluice")
                .put("modelVersion", BROKER_MODEL_VERSION)
                .put("authenticationproviders", new JsonArray().add(login))
                .put("ports", new JsonArray().add(amqp))
                .put("virtualhostnodes", new JsonArray().add(node));
    }

    private static JsonObject alias(String type) {
        return new JsonObject().put("name", type).put("type", type);
    }

    public int port() {
        return port;
    }

    /** The URI for the configuration, {@code amqp://127.0.0.1:port}. */
    public String uri() {
        return uri(port);
    }

    static String uri(int port) {
        return "amqp://127.0.0.1:" + port;
    }

    public String user() {
        return USER;
    }

    public Secret password() {
        return password;
    }

    /** Stops the broker; confirmed messages are kept. */
    @Override
    public void close() throws IOException {
        launcher.shutdown();
        lock.close();
    }

    /** Receives the model of the broker, with the states of its parts. */
    private static final class Container extends SystemLauncherListener.DefaultSystemLauncherListener {
        private @Nullable SystemConfig<?> system;
        private @Nullable RuntimeException startupError;

        @Override
        public void onContainerResolve(SystemConfig<?> systemConfig) {
            system = systemConfig;
        }

        @Override
        public void errorOnStartup(RuntimeException cause) {
            startupError = cause;
        }

        /**
         * The shutdown hook of Qpid would stop the broker while the pipeline still requeues its deliveries. Qpid has no option
         * to disable it.
         */
        void removeShutdownHook() {
            try {
                Field hook =
                        Class.forName("org.apache.qpid.server.model.BrokerImpl").getDeclaredField("_shutdownHook");
                hook.setAccessible(true);
                if (system != null && hook.get(system.getContainer()) instanceof Thread thread) {
                    Runtime.getRuntime().removeShutdownHook(thread);
                }
            } catch (ReflectiveOperationException incompatible) {
                LOG.atWarn()
                        .setCause(incompatible)
                        .log("shutdown hook of the embedded broker not removed; broker stops before the pipeline");
            }
        }

        /** The port. Checks all parts, because Qpid ignores a part that fails to start. */
        int boundPort() throws IOException {
            if (system == null || !(system.getContainer() instanceof Broker<?> broker)) {
                throw new IOException("The broker did not start.", startupError);
            }
            for (VirtualHostNode<?> node : broker.getVirtualHostNodes()) {
                VirtualHost<?> host = node.getVirtualHost();
                if (host == null || host.getState() != State.ACTIVE) {
                    throw new IOException("The message store did not open.");
                }
            }
            for (Port<?> port : broker.getPorts()) {
                if (port.getState() == State.ACTIVE) {
                    return port.getBoundPort();
                }
            }
            throw new IOException("The port did not open.");
        }
    }
}
