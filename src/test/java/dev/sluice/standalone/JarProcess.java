package dev.sluice.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ClassArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** Runs a jar as a child process, until it is closed. */
final class JarProcess implements AutoCloseable {
    static final Path PRODUCTION = Path.of("target", "sluice.jar").toAbsolutePath();
    static final Path STANDALONE = Path.of("target", "sluice-standalone.jar").toAbsolutePath();

    /** As in docs/operations.md, except for the heap: the standalone jar includes the services. */
    private static final List<String> OPTIONS =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData");

    private static final Duration TIMEOUT = Duration.ofSeconds(120);

    private final Process process;
    private final Path out;
    private final Path err;

    private JarProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    static JarProcess start(Path jar, Object... arguments) throws IOException {
        return start(List.of(), jar, arguments);
    }

    /** Starts {@code prefix} with the command appended. */
    static JarProcess start(List<String> prefix, Path jar, Object... arguments) throws IOException {
        assertThat(jar).as("requires mvn package").exists();
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        if (jar.equals(PRODUCTION)) {
            command.addAll(ClassArchive.jvmOptions());
        }
        command.addAll(List.of("-jar", jar.toString()));
        Stream.of(arguments).map(String::valueOf).forEach(command::add);
        return start(command, Map.of());
    }

    /** Starts a complete command. */
    static JarProcess start(List<String> command, Map<String, String> environment) throws IOException {
        Path out = Files.createTempFile("sluice-out", ".txt");
        Path err = Files.createTempFile("sluice-err", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("SLUICE_"));
        builder.environment().putAll(environment);
        return new JarProcess(builder.start(), out, err);
    }

    /** Runs the jar until it exits. */
    static JarProcess run(Path jar, Object... arguments) throws IOException, InterruptedException {
        JarProcess run = start(jar, arguments);
        run.awaitExit(TIMEOUT);
        return run;
    }

    int awaitExit(Duration timeout) throws InterruptedException {
        boolean exited = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        if (!exited) {
            process.destroyForcibly();
        }
        assertThat(exited).as("exited within %s; %s", timeout, this).isTrue();
        return process.exitValue();
    }

    int exitCode() {
        return process.exitValue();
    }

    void awaitOutput(String text) {
        Awaitility.await()
                .atMost(TIMEOUT)
                .pollInterval(Duration.ofMillis(100))
                .failFast(() -> assertThat(process.isAlive()).as(toString()).isTrue())
                .until(() -> (out() + err()).contains(text));
    }

    /** Waits for a running encode; returns FFmpeg and its guard processes. */
    List<ProcessHandle> awaitEncode() {
        Awaitility.await()
                .atMost(TIMEOUT)
                .pollInterval(Duration.ofMillis(50))
                .failFast(() -> assertThat(process.isAlive()).as(toString()).isTrue())
                .until(() -> process.descendants().anyMatch(JarProcess::isEncode));
        return process.descendants()
                .filter(child -> child.info().commandLine().orElse("").contains("ffmpeg"))
                .toList();
    }

    private static boolean isEncode(ProcessHandle process) {
        return process.info().command().orElse("").endsWith("/ffmpeg")
                && process.info().commandLine().orElse("").contains("-filter_complex");
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    String out() throws IOException {
        return Files.readString(out);
    }

    String err() throws IOException {
        return Files.readString(err);
    }

    /** Terminates the process so that its children exit, too; kills it after a timeout. */
    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
    }

    @Override
    public String toString() {
        try {
            return "output: " + out() + err();
        } catch (IOException deleted) {
            return "output not available: " + deleted;
        }
    }
}
