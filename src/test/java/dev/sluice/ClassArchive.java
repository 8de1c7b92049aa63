package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.io.DirectoryTree;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Archive of the classes of the production jar that {@code check} loads: a worker starts with less than three quarters of the
 * CPU time. It is created once for a jar, by the first JVM of the build that needs it.
 */
public final class ClassArchive {
    private static final Path JAR = Path.of("target", "sluice.jar").toAbsolutePath();
    private static final Path ARCHIVE = JAR.resolveSibling("sluice.jsa");
    private static final long TIMEOUT_SECONDS = 240;

    /** Without a warning if other classes precede the jar on the class path: then the archive is not used. */
    private static final List<String> COMMON =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xlog:cds=off", "-Xlog:cds+dynamic=off");

    private ClassArchive() {}

    /** Options of a JVM that runs the production jar, without the program and its options: collector, compiler, archive. */
    public static List<String> jvmOptions() {
        List<String> options = new ArrayList<>(COMMON);
        options.add("-XX:SharedArchiveFile=" + Existing.ARCHIVE_FILE);
        return options;
    }

    private static final class Existing {
        static final Path ARCHIVE_FILE = create();
    }

    private static Path create() {
        try (FileChannel channel = FileChannel.open(
                        JAR.resolveSibling("sluice.jsa.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            if (!Files.exists(ARCHIVE)
                    || Files.getLastModifiedTime(ARCHIVE).compareTo(Files.getLastModifiedTime(JAR)) < 0) {
                dump();
            }
            return ARCHIVE;
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cause);
        }
    }

    /** {@code check} loads most classes, also if no service is available. */
    private static void dump() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("sluice-archive");
        Path config = Files.writeString(directory.resolve("sluice.json"), unavailableServices(directory));
        Path archive = directory.resolve("sluice.jsa");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(COMMON);
        command.addAll(List.of("-XX:ArchiveClassesAtExit=" + archive, "-jar", JAR.toString()));
        command.addAll(List.of("check", "-conf", config.toString()));
        Process check = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        boolean exited = check.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        check.destroyForcibly();
        assertThat(exited && Files.exists(archive))
                .as("archive created; output: %s", Files.readString(directory.resolve("output")))
                .isTrue();
        Files.move(archive, ARCHIVE, StandardCopyOption.REPLACE_EXISTING);
        DirectoryTree.deleteRecursively(directory);
    }

    private static String unavailableServices(Path directory) {
        return new JsonObject()
                .put("rabbitmq", new JsonObject().put("uri", "amqp://127.0.0.1:1"))
                .put("postgres", new JsonObject().put("uri", "postgresql://127.0.0.1:1/none"))
                .put(
                        "s3",
                        new JsonObject()
                                .put("endpoint", "http://127.0.0.1:1")
                                .put("accessKey", "none")
                                .put("secretKey", "none")
                                .put("timeoutSeconds", 1))
                .put(
                        "workspace",
                        new JsonObject()
                                .put("directory", directory.resolve("work").toString()))
                .put(
                        "ffmpeg",
                        new JsonObject()
                                .put(
                                        "cacheDirectory",
                                        Path.of("target", "ffmpeg-cache")
                                                .toAbsolutePath()
                                                .toString()))
                .encode();
    }
}
