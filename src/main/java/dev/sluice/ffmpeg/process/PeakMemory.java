package dev.sluice.ffmpeg.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The largest resident size that a process or one of its descendants has reached, proc(5): {@code VmHWM}, which only grows. Linux
 * discards it when a process ends, so it is sampled until then. Zero on other systems. Used by one thread.
 */
final class PeakMemory {
    private static final Path PROC = Path.of("/proc");
    private static final String PEAK = "VmHWM:";
    private static final long KIBIBYTE = 1024;
    /** The guard, the sandbox, a wrapper script and FFmpeg have fewer levels. */
    private static final int MAX_DEPTH = 16;

    private long bytes;

    void sample(long pid) {
        sample(Long.toString(pid), 0);
    }

    private void sample(String pid, int depth) {
        Path process = PROC.resolve(pid);
        try {
            bytes = Math.max(bytes, peakOf(process));
            if (depth < MAX_DEPTH) {
                String children =
                        Files.readString(process.resolve("task").resolve(pid).resolve("children"));
                Stream.of(children.split(" "))
                        .filter(child -> !child.isBlank())
                        .forEach(child -> sample(child, depth + 1));
            }
        } catch (IOException | NumberFormatException ended) {
            // The process has ended, or the system has no such file.
            return;
        }
    }

    private static long peakOf(Path process) throws IOException {
        List<String> status = Files.readAllLines(process.resolve("status"));
        return status.stream()
                .filter(line -> line.startsWith(PEAK))
                .map(line -> line.substring(PEAK.length()).replace("kB", "").strip())
                .mapToLong(kibibytes -> Long.parseLong(kibibytes) * KIBIBYTE)
                .findFirst()
                .orElse(0);
    }

    long bytes() {
        return bytes;
    }
}
