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

/** Measures time and memory of this process and its children. */
final class ResourceMeter {
    private static final Path SELF = Path.of("/proc/self/stat");
    private static final double NANOS = 1e9;
    /** {@code USER_HZ} of Linux, which is fixed for user space. */
    private static final double TICKS_PER_SECOND = 100;
    /** Index of cutime after the closing bracket of the command, proc(5); cutime is field 16, cstime 17. */
    private static final int CUTIME_AFTER_COMMAND = 13;

    private final long wall = System.nanoTime();
    private final double children = childrenSeconds();
    private final double jvm = jvmSeconds();

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

    /** CPU time of children that have exited and were waited for. */
    private static double childrenSeconds() {
        if (!Files.isReadable(SELF)) {
            throw new UnsupportedOperationException(
                    "The CPU time of child processes cannot be measured: /proc is not available.");
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
