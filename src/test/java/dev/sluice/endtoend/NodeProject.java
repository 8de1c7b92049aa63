package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.broker.ChildProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A Node.js program in the test resources, with the packages of its lock file. Without Node.js or the package registry, tests
 * are skipped; they fail if the environment variable {@code CI} is {@code true}.
 */
final class NodeProject {
    private static final Duration INSTALLED_WITHIN = Duration.ofMinutes(5);

    private final Path directory;

    private NodeProject(Path directory) {
        this.directory = directory;
    }

    /** Copies the project to target/node, and installs its packages with npm unless present. */
    static NodeProject of(String name, String... files) throws Exception {
        needed(complaint("node", "--version"));
        needed(complaint("npm", "--version"));
        Path directory = Files.createDirectories(Path.of("target", "node", name).toAbsolutePath());
        boolean known = isUnchanged(name, directory);
        List<String> all = new ArrayList<>(List.of("package.json", "package-lock.json"));
        all.addAll(List.of(files));
        for (String file : all) {
            try (InputStream content = resource(name, file)) {
                Files.copy(content, directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (!known) {
            needed(complaint(
                    "npm", "ci", "--prefix", directory.toString(), "--no-audit", "--no-fund", "--ignore-scripts"));
        }
        return new NodeProject(directory);
    }

    /** Contains the files and {@code node_modules}. */
    Path directory() {
        return directory;
    }

    /** Starts a script, whose output is available from {@link #output}. */
    ChildProcess start(String file, Map<String, String> environment) throws IOException {
        Files.deleteIfExists(said());
        return ChildProcess.start(List.of("node", directory.resolve(file).toString()), environment, said());
    }

    /** Lines of output of the last started script. */
    List<String> output() throws IOException {
        return Files.readAllLines(said());
    }

    private Path said() {
        return directory.resolve("output.txt");
    }

    private static void needed(Optional<String> missing) {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(missing).as("missing for the build").isEmpty();
        }
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    }

    /** The error; empty on success. */
    private static Optional<String> complaint(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("node", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(INSTALLED_WITHIN.toSeconds(), TimeUnit.SECONDS);
            process.destroyForcibly().waitFor();
            return ended && process.exitValue() == 0
                    ? Optional.empty()
                    : Optional.of(String.join(" ", command) + " did not work: " + Files.readString(output));
        } catch (IOException notThere) {
            return Optional.of(command[0] + " is not installed");
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static boolean isUnchanged(String name, Path directory) throws IOException {
        Path lock = directory.resolve("package-lock.json");
        if (!Files.exists(lock)
                || !Files.exists(directory.resolve("node_modules").resolve(".package-lock.json"))) {
            return false;
        }
        try (InputStream content = resource(name, "package-lock.json")) {
            return content != null && Files.readString(lock).equals(new String(content.readAllBytes()));
        }
    }

    private static InputStream resource(String name, String file) {
        InputStream found = NodeProject.class.getResourceAsStream("/" + name + "/" + file);
        assertThat(found).as(file).isNotNull();
        return found;
    }
}
