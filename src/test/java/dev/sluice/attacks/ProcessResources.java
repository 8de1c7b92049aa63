package dev.sluice.attacks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Resources of a JVM as the kernel counts them, and its heap.
 *
 * @param descriptors open file descriptors
 * @param liveHeapKib objects that a garbage collection kept
 * @param residentKib resident memory
 */
record ProcessResources(long descriptors, long threads, long liveHeapKib, long residentKib) {
    /** The last line of a class histogram: instances and bytes of all classes. */
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

    /** Collects the garbage of the process. */
    static ProcessResources of(ProcessHandle process) throws IOException, InterruptedException {
        Path proc = Path.of("/proc", String.valueOf(process.pid()));
        long live = liveHeapBytes(process.pid()) / 1024;
        String status = Files.readString(proc.resolve("status"));
        try (Stream<Path> descriptors = Files.list(proc.resolve("fd"))) {
            return new ProcessResources(descriptors.count(), number(status, "Threads"), live, number(status, "VmRSS"));
        }
    }

    private static long liveHeapBytes(long pid) throws IOException, InterruptedException {
        Path output = Files.createTempFile("histogram", ".txt");
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process histogram = new ProcessBuilder(List.of(jcmd, String.valueOf(pid), "GC.class_histogram"))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!histogram.waitFor(60, TimeUnit.SECONDS)) {
            histogram.destroyForcibly();
        }
        String text = Files.readString(output);
        Files.delete(output);
        return first(TOTAL.matcher(text), text);
    }

    private static long number(String status, String name) {
        return first(Pattern.compile("(?m)^" + name + ":\\s+(\\d+)").matcher(status), status);
    }

    private static long first(Matcher matcher, String text) {
        if (!matcher.find()) {
            throw new AssertionError(text);
        }
        return Long.parseLong(matcher.group(1));
    }
}
