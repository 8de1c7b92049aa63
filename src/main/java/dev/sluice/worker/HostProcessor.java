package dev.sluice.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The processor of this host.
 *
 * @param model as Linux names it, elsewhere the architecture
 * @param cores that this process may use
 */
public record HostProcessor(String model, int cores) {
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");
    private static final int MAX_LENGTH = 200;
    /** x86; then ARM, which states numbers only. */
    private static final List<List<String>> MODEL_KEYS =
            List.of(List.of("model name"), List.of("CPU implementer", "CPU part", "CPU variant"));

    /** Reads a small file, without access to a disk. */
    public static HostProcessor local() {
        String architecture = System.getProperty("os.arch", "");
        return new HostProcessor(
                readCpuinfo().orElse(architecture), Runtime.getRuntime().availableProcessors());
    }

    private static Optional<String> readCpuinfo() {
        try (Stream<String> lines = Files.lines(CPUINFO, StandardCharsets.ISO_8859_1)) {
            return model(lines.takeWhile(line -> !line.isBlank()).toList());
        } catch (IOException | UncheckedIOException notLinux) {
            return Optional.empty();
        }
    }

    /** The model, from the lines about the first core. */
    static Optional<String> model(List<String> lines) {
        return MODEL_KEYS.stream()
                .map(keys ->
                        keys.stream().flatMap(key -> value(lines, key).stream()).collect(Collectors.joining(" ")))
                .filter(model -> !model.isEmpty())
                .map(model -> model.substring(0, Math.min(MAX_LENGTH, model.length())))
                .findFirst();
    }

    private static Optional<String> value(List<String> lines, String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
    }
}
