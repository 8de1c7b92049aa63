package dev.sluice.standalone.bench;

import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.media.MediaInfo;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Prints benchmark results: each run, medians, and the medians of the ratios within a round, which reduce noise. */
public final class BenchReport {
    private static final String ROW = "%-8s %-14s %10s %10s %10s %12s%n";

    private final PrintStream out;
    private final List<BenchVariant> variants;
    private final List<List<Measurement>> rounds = new ArrayList<>();

    public BenchReport(PrintStream out, List<BenchVariant> variants) {
        this.out = out;
        this.variants = List.copyOf(variants);
    }

    public void printHeader(Path file, MediaInfo info, FfmpegInstallation ffmpeg) {
        out.printf(
                Locale.ROOT,
                "%s: %s, %s, %,d bytes, %d cores, FFmpeg %s%n%n",
                file.getFileName(),
                info.video().codec(),
                info.video().displaySize(),
                info.bytes(),
                Runtime.getRuntime().availableProcessors(),
                ffmpeg.version());
        out.printf(ROW, "round", "variant", "wall s", "CPU s", "JVM CPU s", "JVM heap MiB");
    }

    public void printRow(int round, Measurement run) {
        out.printf(
                ROW,
                round,
                run.variant(),
                two(run.wallSeconds()),
                two(run.cpuSeconds()),
                two(run.jvmCpuSeconds()),
                two(run.peakHeapMiB()));
    }

    public void addRound(List<Measurement> round) {
        rounds.add(List.copyOf(round));
    }

    public void summary() {
        out.println();
        for (BenchVariant variant : variants) {
            out.printf(
                    ROW,
                    "median",
                    variant,
                    two(median(variant, Measurement::wallSeconds)),
                    two(median(variant, Measurement::cpuSeconds)),
                    two(median(variant, Measurement::jvmCpuSeconds)),
                    two(median(variant, Measurement::peakHeapMiB)));
        }
        out.println();
        ratio(BenchVariant.PIPELINE, BenchVariant.SINGLE_PASS);
        ratio(BenchVariant.PIPELINE, BenchVariant.LEGACY);
        ratio(BenchVariant.SINGLE_PASS, BenchVariant.LEGACY);
    }

    private void ratio(BenchVariant one, BenchVariant other) {
        if (variants.contains(one) && variants.contains(other)) {
            out.printf(
                    "%s / %s: wall %s, CPU %s (median of the ratios of the rounds)%n",
                    one,
                    other,
                    three(median(ratios(one, other, Measurement::wallSeconds))),
                    three(median(ratios(one, other, Measurement::cpuSeconds))));
        }
    }

    private List<Double> ratios(BenchVariant one, BenchVariant other, ToDoubleFunction<Measurement> value) {
        return rounds.stream()
                .map(round -> value.applyAsDouble(of(one, round)) / value.applyAsDouble(of(other, round)))
                .toList();
    }

    private double median(BenchVariant variant, ToDoubleFunction<Measurement> value) {
        return median(rounds.stream()
                .map(round -> value.applyAsDouble(of(variant, round)))
                .toList());
    }

    private static Measurement of(BenchVariant variant, List<Measurement> round) {
        return round.stream()
                .filter(run -> run.variant() == variant)
                .findFirst()
                .orElseThrow();
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static String two(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String three(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
