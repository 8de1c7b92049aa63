package dev.sluice.standalone.bench;

/**
 * Time and memory of one run.
 *
 * @param wallSeconds from the start to the result
 * @param cpuSeconds of the child processes; for the pipeline also of this JVM with the embedded services
 * @param jvmCpuSeconds the part of the JVM in {@code cpuSeconds}; 0 if only FFmpeg was run
 * @param peakHeapMiB peak use of the heap, including garbage; 0 if only FFmpeg was run
 */
public record Measurement(
        BenchVariant variant, double wallSeconds, double cpuSeconds, double jvmCpuSeconds, double peakHeapMiB) {}
