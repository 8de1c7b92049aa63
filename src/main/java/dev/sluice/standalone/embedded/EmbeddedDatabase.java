package dev.sluice.standalone.embedded;

import dev.sluice.common.io.DirectoryTree;
import dev.sluice.common.io.PrivateFiles;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * A PostgreSQL server with its programs and data in one directory. It listens on the loopback interface, requires a password
 * that only the owner of the directory can read, and stores committed data durably. A server that was orphaned by a killed
 * process is stopped by the next start.
 */
public final class EmbeddedDatabase implements AutoCloseable {
    private static final int MIN_PORT = 20_000;
    private static final int MAX_PORT = 32_000;

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
    private static final String SUPERUSER = "postgres";
    private static final String DATABASE = "sluice";
    private static final Duration STARTUP_TIMEOUT = Duration.ofSeconds(30);
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
     * Starts the server and waits until it accepts connections; blocks for some seconds.
     *
     * @param directory for programs, data and log; created if missing
     * @throws IOException if the directory is in use or the server does not start; the message names a remedy
     */
    public static EmbeddedDatabase start(Path directory) throws IOException {
        Path home = directory.toAbsolutePath().normalize();
        PrivateFiles.ownDirectory(home);
        FileChannel lock = LockFile.acquire(
                home.resolve("lock"),
                "The directory " + home + " is used by another Sluice process: stop it or choose another directory.");
        Path log = home.resolve("postgresql.log");
        Path data = home.resolve("data");
        try {
            OrphanedPostgres.stopIfRunning(data);
            deleteIncomplete(data);
            Files.deleteIfExists(log);
            PrivateFiles.createIfMissing(log);
            String password = password(home.resolve("password"));
            Path lastPort = home.resolve("port");
            EmbeddedPostgres server = start(home, data, log, password, freePort(lastPort));
            // zonky makes the one writable for all users, and creates the other with the default permissions.
            PrivateFiles.restrict(home.resolve("bin"));
            PrivateFiles.restrict(data.resolve("epg-lock"));
            PrivateFiles.writeString(lastPort, Integer.toString(server.getPort()));
            try {
                createDatabase(server.getPostgresDatabase());
            } catch (SQLException refused) {
                server.close();
                throw new IOException("Creating the database in " + home + " failed.", refused);
            }
            LOG.atInfo()
                    .addKeyValue("port", server.getPort())
                    .addKeyValue("directory", home)
                    .log("embedded database started");
            return new EmbeddedDatabase(lock, server, password);
        } catch (IOException | RuntimeException | ExceptionInInitializerError failure) {
            IOException described = describe(failure, home, log);
            try (lock) {
                OrphanedPostgres.stopIfRunning(data);
            } catch (IOException alsoFailed) {
                described.addSuppressed(alsoFailed);
            }
            throw described;
        }
    }

    private static EmbeddedPostgres start(Path home, Path data, Path log, String password, int port)
            throws IOException {
        Path binaries = home.resolve("bin");
        PrivateFiles.ownDirectory(binaries);
        // Otherwise zonky also creates and cleans a directory in /tmp. It must not be the parent of the data directory,
        // because zonky deletes directories in it that are not locked and older than ten minutes.
        System.setProperty("ot.epg.working-dir", binaries.toString());
        return EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(binaries.toFile())
                .setPgBinaryResolver(new PostgresUnpacker(binaries))
                .setDataDirectory(data)
                .setPort(port)
                .setCleanDataDirectory(false)
                // The hook would stop the server while the pipeline still requeues its deliveries.
                .setRegisterShutdownHook(false)
                .setPGStartupWait(STARTUP_TIMEOUT)
                .setLocaleConfig("locale", "C")
                .setLocaleConfig("auth", "scram-sha-256")
                .setLocaleConfig("pwfile", home.resolve("password").toString())
                .setConnectConfig("password", password)
                .setConnectConfig("connectTimeout", "5")
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("unix_socket_directories", "''")
                // zonky disables them for speed, which can lose committed data.
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "100")
                // An unauthenticated connection delays the shutdown of the server by up to this time.
                .setServerConfig("authentication_timeout", "10s")
                .setServerConfig("log_checkpoints", "off")
                .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .setErrorRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** The URI, without credentials. */
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

    /** Stops the server; blocks until it has stopped. */
    @Override
    public void close() throws IOException {
        try (lock) {
            server.close();
        }
    }

    /** Deletes the data of a killed first start, which initdb rejects. The lock file of zonky is created after initdb. */
    private static void deleteIncomplete(Path data) throws IOException {
        if (!Files.exists(data.resolve("epg-lock"))) {
            DirectoryTree.deleteRecursively(data);
        }
    }

    private static String password(Path file) throws IOException {
        if (!Files.exists(file)) {
            byte[] random = new byte[16];
            new SecureRandom().nextBytes(random);
            Path draft = file.resolveSibling("password.new");
            PrivateFiles.writeString(draft, HexFormat.of().formatHex(random));
            Files.move(draft, file);
        }
        return Files.readString(file).strip();
    }

    /** The last port, so that clients can reconnect; another one if it is in use. */
    private static int freePort(Path lastPort) throws IOException {
        if (Files.exists(lastPort)) {
            String port = Files.readString(lastPort).strip();
            if (port.matches("\\d{1,5}") && FreePort.isFree(Integer.parseInt(port))) {
                return Integer.parseInt(port);
            }
        }
        return FreePort.between(MIN_PORT, MAX_PORT);
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

    private static IOException describe(Throwable failure, Path home, Path log) {
        if (failure instanceof ExceptionInInitializerError) {
            return new IOException("Unpacking PostgreSQL into " + home + " failed: " + failure.getCause(), failure);
        }
        List<String> output = lastLines(log);
        String hint = output.stream().anyMatch(line -> line.contains("cannot be run as root"))
                ? " PostgreSQL cannot run as root, and this host forbids the user namespace that avoids it: run Sluice as"
                        + " another user."
                : "";
        return new IOException(
                "PostgreSQL failed to start in " + home + " (" + failure.getMessage() + ")." + hint + " Output: "
                        + String.join(" | ", output),
                failure);
    }

    private static List<String> lastLines(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return lines.subList(Math.max(0, lines.size() - MAX_LOG_LINES), lines.size());
        } catch (IOException unreadable) {
            return List.of("none");
        }
    }
}
