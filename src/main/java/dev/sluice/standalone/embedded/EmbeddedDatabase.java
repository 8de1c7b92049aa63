package dev.sluice.standalone.embedded;

import dev.sluice.common.io.DirectoryTree;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server of our own under one directory: listens on loopback only, asks for a password that only the owner of
 * the directory can read, and keeps what it confirmed over any restart. Whoever starts it closes it; a server that a
 * killed process left behind is stopped by the next start.
 */
public final class EmbeddedDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
    private static final String SUPERUSER = "postgres";
    private static final String DATABASE = "sluice";
    private static final Duration STARTUP_LIMIT = Duration.ofSeconds(30);
    private static final int MAX_LOG_LINES = 8;

    private final FileChannel lock;
    private final EmbeddedPostgres server;
    private final String password;

    private EmbeddedDatabase(FileChannel lock, EmbeddedPostgres server, String password) {
        this.lock = lock;
        this.server = server;
        this.password = password;
    }

    /**
     * Starts the server and waits until it answers; blocks for seconds.
     *
     * @param directory holds the programs, the data and the log; made when missing
     * @throws IOException with a sentence that says what to do, when the directory is in use or the server doesn't start
     */
    public static EmbeddedDatabase start(Path directory) throws IOException {
        Path home = directory.toAbsolutePath().normalize();
        createPrivate(home);
        FileChannel lock = LockFile.acquire(
                home.resolve("lock"),
                "The directory " + home
                        + " is used by another running Sluice: stop that one or choose another directory.");
        Path log = home.resolve("postgresql.log");
        Path data = home.resolve("data");
        try {
            OrphanedPostgres.stopIfRunning(data);
            discardHalfMade(data);
            Files.deleteIfExists(log);
            String password = password(home.resolve("password"));
            Path lastPort = home.resolve("port");
            EmbeddedPostgres server = start(home, data, log, password, freePort(lastPort));
            Files.writeString(lastPort, Integer.toString(server.getPort()));
            try {
                createDatabase(server.getPostgresDatabase());
            } catch (SQLException refused) {
                server.close();
                throw new IOException("PostgreSQL did not let us make a database in " + home + ".", refused);
            }
            LOG.atInfo()
                    .addKeyValue("port", server.getPort())
                    .addKeyValue("directory", home)
                    .log("embedded database started");
            return new EmbeddedDatabase(lock, server, password);
        } catch (IOException | RuntimeException | ExceptionInInitializerError failure) {
            IOException explained = explained(failure, home, log);
            try (lock) {
                OrphanedPostgres.stopIfRunning(data);
            } catch (IOException alsoFailed) {
                explained.addSuppressed(alsoFailed);
            }
            throw explained;
        }
    }

    private static EmbeddedPostgres start(Path home, Path data, Path log, String password, int port)
            throws IOException {
        Path binaries = home.resolve("bin");
        createPrivate(binaries);
        // Otherwise zonky also makes and cleans a folder in /tmp. It must not be the parent of the data: what it finds
        // there unlocked and older than ten minutes it deletes.
        System.setProperty("ot.epg.working-dir", binaries.toString());
        return EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(binaries.toFile())
                .setPgBinaryResolver(new PostgresUnpacker(binaries))
                .setDataDirectory(data)
                .setPort(port)
                .setCleanDataDirectory(false)
                // It would stop the server at SIGTERM while the pipeline still gives its work back.
                .setRegisterShutdownHook(false)
                .setPGStartupWait(STARTUP_LIMIT)
                .setLocaleConfig("locale", "C")
                .setLocaleConfig("auth", "scram-sha-256")
                .setLocaleConfig("pwfile", home.resolve("password").toString())
                .setConnectConfig("password", password)
                .setConnectConfig("connectTimeout", "5")
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("unix_socket_directories", "''")
                // zonky's own choice is speed: it would lose what it confirmed.
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "100")
                // A connection that has said nothing yet keeps a stopping server from its end for so long.
                .setServerConfig("authentication_timeout", "10s")
                .setServerConfig("log_checkpoints", "off")
                .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .setErrorRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** The database, without credentials. */
    public String uri() {
        return "postgresql://127.0.0.1:" + port() + "/" + DATABASE;
    }

    public int port() {
        return server.getPort();
    }

    public String user() {
        return SUPERUSER;
    }

    public String password() {
        return password;
    }

    /** Stops the server in order; blocks until it is down. */
    @Override
    public void close() throws IOException {
        try (lock) {
            server.close();
        }
    }

    private static void createPrivate(Path directory) throws IOException {
        Files.createDirectories(directory);
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
    }

    /** A first start that was killed leaves a directory that initdb refuses: zonky's own lock file appears after initdb. */
    private static void discardHalfMade(Path data) throws IOException {
        if (!Files.exists(data.resolve("epg-lock"))) {
            DirectoryTree.deleteRecursively(data);
        }
    }

    private static String password(Path file) throws IOException {
        if (!Files.exists(file)) {
            byte[] random = new byte[16];
            new SecureRandom().nextBytes(random);
            Path draft = file.resolveSibling("password.new");
            Files.writeString(draft, HexFormat.of().formatHex(random));
            Files.move(draft, file);
        }
        return Files.readString(file).strip();
    }

    /** The port of last time, so that what is connected finds its way back; any other when that one is taken. */
    private static int freePort(Path lastPort) throws IOException {
        if (Files.exists(lastPort)) {
            String port = Files.readString(lastPort).strip();
            if (port.matches("\\d{1,5}") && isFree(Integer.parseInt(port))) {
                return Integer.parseInt(port);
            }
        }
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException | IllegalArgumentException taken) {
            return false;
        }
    }

    private static void createDatabase(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            try (ResultSet found =
                    statement.executeQuery("SELECT FROM pg_database WHERE datname = '" + DATABASE + "'")) {
                if (found.next()) {
                    return;
                }
            }
            statement.executeUpdate("CREATE DATABASE " + DATABASE);
        }
    }

    private static IOException explained(Throwable failure, Path home, Path log) {
        if (failure instanceof ExceptionInInitializerError) {
            return new IOException(
                    "PostgreSQL could not be unpacked into " + home + ": " + failure.getCause(), failure);
        }
        List<String> said = lastLines(log);
        String hint = said.stream().anyMatch(line -> line.contains("cannot be run as root"))
                ? " PostgreSQL refuses to run as root, and this machine forbids the user namespace that gets around it:"
                        + " start Sluice as another user."
                : "";
        return new IOException(
                "PostgreSQL did not start in " + home + " (" + failure.getMessage() + ")." + hint + " It said: "
                        + String.join(" | ", said),
                failure);
    }

    private static List<String> lastLines(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return lines.subList(Math.max(0, lines.size() - MAX_LOG_LINES), lines.size());
        } catch (IOException unreadable) {
            return List.of("nothing");
        }
    }
}
