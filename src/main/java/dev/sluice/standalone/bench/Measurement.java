package dev.sluice.standalone.bench;

/**
 * What one run took.
 *
 * @param wallSeconds from the order to the result
 * @param cpuSeconds of the child processes; for the pipeline also of this JVM, embedded services included
 * @param jvmCpuSeconds the JVM's part of that; 0 where only FFmpeg was run
 * @param peakHeapMiB the highest use of the heap while it ran, garbage included; 0 where only FFmpeg was run
 */
public record Measurement(
        BenchVariant variant, double wallSeconds, double cpuSeconds, double jvmCpuSeconds, double peakHeapMiB) {}
