package dev.sluice.persistence;

import dev.sluice.broker.ChildProcess;
import dev.sluice.config.PostgresConfig;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** PgBouncer in front of a database. */
public final class PgBouncer implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/sbin/pgbouncer");

    private final ChildProcess process;
    private final int port;

    private PgBouncer(ChildProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    public static boolean installed() {
        return Files.isExecutable(PROGRAM);
    }

    /**
     * Starts it.
     *
     * @param poolMode {@code session} or {@code transaction}
     * @param settings further lines of its configuration
     */
    public static PgBouncer start(Path directory, PostgresConfig behind, String poolMode, String... settings)
            throws IOException {
        int port = ChildProcess.freePort();
        Path users = Files.writeString(
                directory.resolve("users-" + poolMode),
                "\"" + behind.user() + "\" \"" + behind.password().reveal() + "\"\n");
        Path file = Files.writeString(directory.resolve("pgbouncer-" + poolMode), """
                [databases]
                * = host=127.0.0.1 port=%d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = plain
                auth_file = %s
                pool_mode = %s
                %s
                """.formatted(
                        URI.create(behind.uri()).getPort(), port, users, poolMode, String.join("\n", settings)));
        // It refuses to run as root.
        List<String> command = "root".equals(System.getProperty("user.name"))
                ? List.of(PROGRAM.toString(), "-u", "nobody", file.toString())
                : List.of(PROGRAM.toString(), file.toString());
        directory.toFile().setExecutable(true, false);
        ChildProcess process = ChildProcess.start(command, Map.of(), directory.resolve("output-" + poolMode));
        process.awaitReady(() -> {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                return socket.isConnected();
            } catch (IOException notYet) {
                return false;
            }
        });
        return new PgBouncer(process, port);
    }

    /** The address of a database through the pooler. */
    public String uri(PostgresConfig behind) {
        URI direct = URI.create(behind.uri());
        return direct.getScheme() + "://127.0.0.1:" + port + direct.getPath();
    }

    @Override
    public void close() {
        process.kill();
    }
}
