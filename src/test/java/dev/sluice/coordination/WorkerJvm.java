package dev.sluice.coordination;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A {@link StubWorker} in its own JVM. */
final class WorkerJvm implements AutoCloseable {
    /** {@code GC(7) Pause Young (Allocation Failure) 51M->17M(155M) 3.1ms}. */
    private static final Pattern COLLECTION = Pattern.compile("Pause .* (\\d+)M->(\\d+)M\\(");

    private static final Path CLASSES = Path.of("target", "classes").toAbsolutePath();

    private final Path directory;
    private final Process process;
    private final BufferedReader answers;

    private WorkerJvm(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
        this.answers = process.inputReader();
    }

    /**
     * Starts a worker.
     *
     * @param classes the production classes
     * @param options JVM options
     */
    static WorkerJvm start(Path directory, Path config, Path classes, List<String> options) throws IOException {
        String classPath = Stream.of(
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                                .split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().equals(CLASSES) ? classes.toString() : entry)
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(
                "-Xlog:gc:file=" + directory.resolve("gc.log"),
                // The configuration of the tests precedes it on the class path and logs less.
                "-Dlogback.configurationFile=logback.xml",
                "-cp",
                classPath,
                StubWorker.class.getName(),
                config.toString()));
        return new WorkerJvm(
                directory,
                new ProcessBuilder(command)
                        .redirectError(directory.resolve("worker.log").toFile())
                        .start());
    }

    /** Sends a command and waits for its completion. */
    void order(String order) throws IOException {
        process.outputWriter().write(order + "\n");
        process.outputWriter().flush();
        // The JVM may print other lines.
        if (answers.lines().noneMatch(order::equals)) {
            throw new IOException("no answer to '" + order + "', see " + directory);
        }
    }

    Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Heap before and after each collection, MiB. */
    List<int[]> collections() {
        try {
            return Files.readString(directory.resolve("gc.log"))
                    .lines()
                    .map(COLLECTION::matcher)
                    .filter(Matcher::find)
                    .map(found -> new int[] {Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2))})
                    .toList();
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    /** Ends the worker gracefully by closing its input. */
    @Override
    public void close() throws IOException {
        process.outputWriter().close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
