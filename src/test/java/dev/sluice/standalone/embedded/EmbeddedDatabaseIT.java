package dev.sluice.standalone.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.io.DirectoryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDatabaseIT {
    // Shared by all tests, so that programs are unpacked and initdb runs once.
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private static Path directory;

    @Test
    void keepsCommittedDataAndPortAcrossRestart() throws Exception {
        String uri;
        try (EmbeddedDatabase first = EmbeddedDatabase.start(directory)) {
            execute(first, "CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer");
            uri = first.uri();
        }

        try (EmbeddedDatabase second = EmbeddedDatabase.start(directory)) {

            assertThat(value(second, "SELECT answer FROM kept")).isEqualTo("42");
            assertThat(second.uri()).isEqualTo(uri);
        }
    }

    @Test
    void isDurableAndPrivate() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
            assertThat(value(database, "SHOW fsync")).isEqualTo("on");
            assertThat(value(database, "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(value(database, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(value(database, "SHOW unix_socket_directories")).isEmpty();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                    .isEqualTo("rwx------");
            assertThatThrownBy(() -> DriverManager.getConnection("jdbc:" + database.uri(), database.user(), "guess"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void stopsOrphanedServer() throws Exception {
        Process killed = startInAnotherProcess();
        long orphan = serverProcess();
        killed.destroyForcibly().waitFor();
        assertThat(ProcessHandle.of(orphan)).isPresent();

        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {

            assertThat(value(database, "SELECT answer FROM kept")).isEqualTo("42");
            assertThat(ProcessHandle.of(orphan).filter(ProcessHandle::isAlive)).isEmpty();
        }
    }

    @Test
    void rejectsDirectoryInUseByAnotherProcess() throws Exception {
        Process other = startInAnotherProcess();
        try {
            assertThatThrownBy(() -> EmbeddedDatabase.start(directory))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is used by another Sluice process");
            assertThat(ProcessHandle.of(serverProcess()).filter(ProcessHandle::isAlive))
                    .isPresent();
        } finally {
            other.destroyForcibly().waitFor();
            EmbeddedDatabase.start(directory).close();
        }
    }

    @Test
    void startsAfterInterruptedFirstStart() throws Exception {
        DirectoryTree.deleteRecursively(directory.resolve("data"));
        Path data = Files.createDirectories(directory.resolve("data"));
        Files.writeString(data.resolve("postgresql.conf"), "# written early by initdb");

        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {

            assertThat(value(database, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void startsInCopyWithOtherModificationTimes(@TempDir Path parent) throws Exception {
        try (EmbeddedDatabase original = EmbeddedDatabase.start(directory)) {
            execute(original, "CREATE TABLE IF NOT EXISTS copied AS SELECT 42 AS answer");
        }
        Path copy = parent.resolve("copy");
        assertThat(new ProcessBuilder("cp", "-r", directory.toString(), copy.toString())
                        .start()
                        .waitFor())
                .isZero();
        try (Stream<Path> versions = Files.list(copy.resolve("bin"))) {
            // The times in a copy depend on the order of copying.
            Files.setLastModifiedTime(versions.findFirst().orElseThrow().resolve(".exists"), FileTime.fromMillis(0));
        }

        try (EmbeddedDatabase database = EmbeddedDatabase.start(copy)) {

            assertThat(value(database, "SELECT answer FROM copied")).isEqualTo("42");
        }
    }

    /** Main class of the process that is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws Exception {
            EmbeddedDatabase database = EmbeddedDatabase.start(Path.of(args[0]));
            execute(database, "CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer");
            System.out.println("ready");
            System.out.flush();
            Thread.currentThread().join();
        }
    }

    private static Process startInAnotherProcess() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        var output = process.inputReader();
        StringBuilder printed = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            printed.append(line).append('\n');
            if (line.equals("ready")) {
                return process;
            }
        }
        throw new AssertionError("the other process exited: " + printed);
    }

    private static long serverProcess() throws IOException {
        return Long.parseLong(Files.readAllLines(directory.resolve("data/postmaster.pid"))
                .get(0)
                .strip());
    }

    private static void execute(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String value(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            assertThat(found.next()).isTrue();
            return found.getString(1);
        }
    }

    private static Connection connect(EmbeddedDatabase database) throws SQLException {
        return DriverManager.getConnection("jdbc:" + database.uri(), database.user(), database.password());
    }
}
