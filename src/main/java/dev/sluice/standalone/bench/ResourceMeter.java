package dev.sluice.standalone.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads the clocks of this process and its children. */
final class ResourceMeter {
    private static final Path SELF = Path.of("/proc/self/stat");
    private static final double NANOS = 1e9;
    /** Linux counts processes' time in hundredths of a second ({@code USER_HZ}, fixed for user space). */
    private static final double TICKS_PER_SECOND = 100;
    /** Where the fields after the command's closing bracket are, proc(5): cutime is field 16, cstime 17. */
    private static final int CUTIME_AFTER_COMMAND = 13;

    private final long wall = System.nanoTime();
    private final double children = childrenSeconds();
    private final double jvm = jvmSeconds();

    /** Starts measuring. */
    static ResourceMeter start() {
        heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
        return new ResourceMeter();
    }

    Measurement measureChildren(BenchVariant variant) {
        return new Measurement(variant, wallSeconds(), childrenSeconds() - children, 0, 0);
    }

    Measurement measureAll(BenchVariant variant) {
        double jvmNow = jvmSeconds() - jvm;
        double heap = heapPools().stream()
                .mapToLong(pool -> pool.getPeakUsage().getUsed())
                .sum();
        return new Measurement(variant, wallSeconds(), childrenSeconds() - children + jvmNow, jvmNow, heap / (1 << 20));
    }

    private double wallSeconds() {
        return (System.nanoTime() - wall) / NANOS;
    }

    private static double jvmSeconds() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime() / NANOS;
    }

    /** CPU time of children that have ended and were waited for. */
    private static double childrenSeconds() {
        if (!Files.isReadable(SELF)) {
            throw new UnsupportedOperationException(
                    "CPU time of child processes is read from /proc, which is not there.");
        }
        try {
            String stat = Files.readString(SELF);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(fields[CUTIME_AFTER_COMMAND]) + Long.parseLong(fields[CUTIME_AFTER_COMMAND + 1]))
                    / TICKS_PER_SECOND;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<MemoryPoolMXBean> heapPools() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
    }
}
