package dev.sluice.ffmpeg.process;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * CPU time of FFmpeg and ffprobe, from the counters that Linux keeps of ended child processes, including those of their sandbox.
 * Absent on other systems.
 */
public final class CpuMetrics {
    private static final Path STAT = Path.of("/proc/self/stat");
    /** proc(5): fields 16 and 17, counted here from the one after the name of the program. */
    private static final int CHILDREN_USER = 13;

    private static final int CHILDREN_SYSTEM = 14;
    /** USER_HZ, the same on all architectures that Java runs on. */
    private static final double TICKS_PER_SECOND = 100;

    private CpuMetrics() {}

    /** Adds the meter to the registry. */
    public static void bind(MeterRegistry registry) {
        if (children().isPresent()) {
            FunctionCounter.builder(
                            "sluice.ffmpeg.cpu", STAT, file -> children().orElse(Double.NaN))
                    .description("CPU time of ended FFmpeg and ffprobe processes.")
                    .baseUnit("seconds")
                    .register(registry);
        }
    }

    private static Optional<Double> children() {
        try {
            String stat = Files.readString(STAT);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ", -1);
            return Optional.of((Long.parseLong(fields[CHILDREN_USER]) + Long.parseLong(fields[CHILDREN_SYSTEM]))
                    / TICKS_PER_SECOND);
        } catch (IOException | RuntimeException absent) {
            return Optional.empty();
        }
    }
}
