package dev.sluice.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** One of the jars, run as a person runs it; gone with the test that started it. */
final class JarProcess implements AutoCloseable {
    static final Path PRODUCTION = Path.of("target", "sluice.jar").toAbsolutePath();
    static final Path STANDALONE = Path.of("target", "sluice-standalone.jar").toAbsolutePath();

    /** Those of the README, but for the heap: the standalone jar has services in it. */
    private static final List<String> OPTIONS =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData");

    private static final Duration LONGEST = Duration.ofSeconds(120);

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

    /** Has {@code before} run the command, which is added to it. */
    static JarProcess start(List<String> before, Path jar, Object... arguments) throws IOException {
        assertThat(jar).as("made by mvn package").exists();
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(List.of("-jar", jar.toString()));
        Stream.of(arguments).map(String::valueOf).forEach(command::add);
        Path out = Files.createTempFile("sluice-out", ".txt");
        Path err = Files.createTempFile("sluice-err", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("SLUICE_"));
        return new JarProcess(builder.start(), out, err);
    }

    /** Runs it to its end; gives it to be asked what came of it. */
    static JarProcess run(Path jar, Object... arguments) throws IOException, InterruptedException {
        JarProcess run = start(jar, arguments);
        run.awaitExit(LONGEST);
        return run;
    }

    int awaitExit(Duration limit) throws InterruptedException {
        boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        assertThat(ended).as("ended within %s; %s", limit, this).isTrue();
        return process.exitValue();
    }

    int exitCode() {
        return process.exitValue();
    }

    void awaitOutput(String text) {
        Awaitility.await()
                .atMost(LONGEST)
                .pollInterval(Duration.ofMillis(100))
                .failFast(() -> assertThat(process.isAlive()).as(toString()).isTrue())
                .until(() -> (out() + err()).contains(text));
    }

    /** Waits for an FFmpeg that encodes; gives it and its guards. */
    List<ProcessHandle> awaitEncode() {
        Awaitility.await()
                .atMost(LONGEST)
                .pollInterval(Duration.ofMillis(50))
                .failFast(() -> assertThat(process.isAlive()).as(toString()).isTrue())
                .until(() -> process.descendants().anyMatch(JarProcess::encodes));
        return process.descendants()
                .filter(child -> child.info().commandLine().orElse("").contains("ffmpeg"))
                .toList();
    }

    private static boolean encodes(ProcessHandle process) {
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

    /** Ends it if it still runs: in order, so that its own children end too, else by force. */
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
            return "it said: " + out() + err();
        } catch (IOException gone) {
            return "what it said is gone: " + gone;
        }
    }
}
