package dev.sluice.broker;

import dev.sluice.common.tls.TestCertificateAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A RabbitMQ node of the installed version, or of that in the system below {@code -Dservices.root}, that belongs to the test: own
 * ports, data, node name, cookie and port mapper, so that it meets no other node. Takes 5 to 15 s to start.
 */
public final class RabbitNode extends BrokerNode {
    private static final Path SCRIPTS = Path.of("/usr/lib/rabbitmq/bin");
    private static final Path SERVER = SCRIPTS.resolve("rabbitmq-server");
    /** The root of another system; null: this one. */
    private static final @Nullable String ROOT = System.getProperty("services.root");

    /** Mounts what the node needs in its system, for the node only, and becomes the command. */
    private static final String ENTER = "set -e; root=$0; mkdir -p \"$root$1\"; mount --bind \"$1\" \"$root$1\";"
            + " mount --rbind /dev \"$root/dev\"; mount -t proc proc \"$root/proc\";"
            + " touch \"$root/etc/hosts\"; mount --bind /etc/hosts \"$root/etc/hosts\"; shift; exec chroot \"$root\" \"$@\"";

    private static final int CTL_PORTS = 10;

    private final int mapperPort = ChildProcess.freePort();
    private final Map<String, String> environment;
    private final ChildProcess mapper;

    private RabbitNode() throws IOException {
        super("rabbit");
        this.environment = environment();
        mapper = ChildProcess.start(
                inSystem("epmd", "-port", String.valueOf(mapperPort), "-address", "127.0.0.1"),
                environment,
                directory.resolve("epmd.out"));
        mapper.awaitReady(() -> listens(mapperPort));
    }

    /** Whether there is a RabbitMQ to start; give the reason "rabbitmq-server is not installed" where it is assumed. */
    public static boolean installed() {
        if (ROOT == null) {
            return Files.isExecutable(SERVER);
        }
        if (!Files.isExecutable(Path.of(ROOT, SERVER.toString()))) {
            throw new IllegalStateException("services.root: there is no RabbitMQ below " + ROOT);
        }
        return true;
    }

    /**
     * Starts a node.
     *
     * @param settings lines of rabbitmq.conf, such as {@code consumer_timeout = 60000}
     */
    public static RabbitNode start(String... settings) {
        try {
            RabbitNode node = new RabbitNode();
            node.lay(List.of(settings));
            node.startServer();
            return node;
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    /** Starts a node that also listens with TLS on the port, and asks clients for no certificate. */
    public static RabbitNode startWithTls(int port, TestCertificateAuthority authority) {
        try {
            RabbitNode node = new RabbitNode();
            // Another system sees no other directory.
            Path certificate = Files.copy(authority.certificate(), node.directory.resolve("server.pem"));
            Path key = Files.copy(authority.key(), node.directory.resolve("server.key"));
            node.lay(List.of(
                    "listeners.ssl.1 = 127.0.0.1:" + port,
                    "ssl_options.certfile = " + certificate,
                    "ssl_options.keyfile = " + key,
                    "ssl_options.verify = verify_none",
                    "ssl_options.fail_if_no_peer_cert = false"));
            node.startServer();
            return node;
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    /** The command as it runs in the system of the node. */
    private List<String> inSystem(String... command) {
        List<String> all = new ArrayList<>();
        if (ROOT != null) {
            all.addAll(List.of("unshare", "--mount", "sh", "-c", ENTER, ROOT, directory.toString()));
        }
        all.addAll(List.of(command));
        return all;
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private Map<String, String> environment() {
        int ctlPort = ChildProcess.freePort();
        return Map.ofEntries(
                Map.entry("HOME", directory.toString()),
                Map.entry("LANG", "C.UTF-8"),
                // Makes the script become the node, in place of a shell that waits for it.
                Map.entry("RUNNING_UNDER_SYSTEMD", "true"),
                Map.entry("ERL_EPMD_PORT", String.valueOf(mapperPort)),
                Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"),
                Map.entry("RABBITMQ_NODENAME", "sluice" + port() + "@localhost"),
                Map.entry("RABBITMQ_DIST_PORT", String.valueOf(ChildProcess.freePort())),
                Map.entry("RABBITMQ_CTL_DIST_PORT_MIN", String.valueOf(ctlPort)),
                Map.entry("RABBITMQ_CTL_DIST_PORT_MAX", String.valueOf(ctlPort + CTL_PORTS)),
                Map.entry("RABBITMQ_CONF_ENV_FILE", directory.resolve("none").toString()),
                Map.entry("RABBITMQ_CONFIG_FILE", directory.resolve("rabbitmq").toString()),
                Map.entry(
                        "RABBITMQ_ADVANCED_CONFIG_FILE",
                        directory.resolve("none").toString()),
                Map.entry(
                        "RABBITMQ_ENABLED_PLUGINS_FILE",
                        directory.resolve("plugins").toString()),
                Map.entry("RABBITMQ_MNESIA_BASE", directory.resolve("mnesia").toString()),
                Map.entry("RABBITMQ_LOG_BASE", directory.resolve("log").toString()));
    }

    private void lay(List<String> settings) throws IOException {
        Path cookie = Files.createFile(
                directory.resolve(".erlang.cookie"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(cookie, UUID.randomUUID().toString());
        Files.writeString(directory.resolve("plugins"), "[].\n");
        List<String> lines = new ArrayList<>(List.of(
                "listeners.tcp.1 = 127.0.0.1:" + port(),
                "default_user = " + user(),
                "default_pass = " + password().reveal(),
                "disk_free_limit.absolute = 1MB",
                // That of RabbitMQ 3; the default of RabbitMQ 4 is lower than messages that tests send.
                "max_message_size = 134217728"));
        lines.addAll(settings);
        Files.write(directory.resolve("rabbitmq.conf"), lines);
    }

    @Override
    ChildProcess launch() {
        return ChildProcess.start(inSystem(SERVER.toString()), environment, directory.resolve("server.out"));
    }

    /** Runs {@code rabbitmqctl} on this node and returns what it prints; takes about a second. */
    public String ctl(String... arguments) {
        List<String> command =
                new ArrayList<>(inSystem(SCRIPTS.resolve("rabbitmqctl").toString(), "--quiet"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + output);
            }
            return output.strip();
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cause);
        }
    }

    /** What clients told of themselves, their connection's name included; a line for each open connection. */
    public List<String> connections() {
        return ctl("list_connections", "client_properties", "--no-table-headers")
                .lines()
                .toList();
    }

    /** Stops all of the node's threads at once; its connections stay open and silent. */
    public void freeze() {
        server().signal("STOP");
    }

    public void thaw() {
        server().signal("CONT");
    }

    /** Ends the node in an orderly way. */
    public void stop() {
        server().stop();
    }

    /** Kills the node and starts it on the same port without its data. */
    public void wipe() {
        kill();
        removeTree(directory.resolve("mnesia"));
        startServer();
    }

    @Override
    public void close() {
        mapper.kill();
        super.close();
    }
}
